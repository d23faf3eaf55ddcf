// The gradient of covariance pooling: an invocation computes four channels of a cell, from all its channels and the windows that contain
// it. The pair (a, b) of two channels passes its gradient times the value of b to a, and times the value of a to b. The pair (a, a) is a
// square, and passes twice its gradient times the value of a. The pooled map is the input.
// slots: around_depth, around_height, around_width, divided, has_cell, pair_of, place_of, window_cells
// constants: CENTERED
// types: E, Element, Map
struct Rule { blocks: u32 }

@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read> means: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  let column = divided(index, g.output.width);
  let row = divided(column.quotient, g.output.height);
  let slice = divided(row.quotient, g.output.depth);
  let block = divided(slice.quotient, g.rule.blocks);
  let n = block.quotient;
  let cell = vec3u(slice.rest, row.rest, column.rest);
  let channels = g.output.channels;
  let pooled = Map(channels, g.input.depth, g.input.height, g.input.width);
  let v = g.regions.windows;
  let along_d = around_depth(cell.x);
  let along_h = around_height(cell.y);
  let along_w = around_width(cell.z);
  var sums: array<f32, 4>;
  for (var d = along_d.begin; d < along_d.end; d++) {
    let depth = window_cells(d, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.output.depth).count;
    for (var h = along_h.begin; h < along_h.end; h++) {
      let height = window_cells(h, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.output.height).count;
      for (var w = along_w.begin; w < along_w.end; w++) {
        let width = window_cells(w, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.output.width).count;
        let scale = select(0.0, 1.0 / (f32(depth) * f32(height) * f32(width)), has_cell(vec3u(d, h, w), cell));
        for (var b = 0u; b < channels; b++) {
          let mean = select(0.0, means[place_of(Element(n, b, d, h, w), pooled)], CENTERED);
          let value = scale * (f32(x[place_of(Element(n, b, cell.x, cell.y, cell.z), g.output)]) - mean);
          // @unroll
          for (var i = 0u; i < 4u; i++) {
            let a = min(block.rest * 4u + i, channels - 1u);
            let pair = pair_of(min(a, b), max(a, b), channels);
            let gradient = f32(dy[place_of(Element(n, pair, d, h, w), g.input)]);
            sums[i] += select(gradient, 2.0 * gradient, a == b) * value;
          }
        }
      }
    }
  }
  // @unroll
  for (var i = 0u; i < 4u; i++) {
    let a = block.rest * 4u + i;
    if (a < channels) {
      dx[place_of(Element(n, a, cell.x, cell.y, cell.z), g.output)] = E(sums[i]);
    }
  }
}
