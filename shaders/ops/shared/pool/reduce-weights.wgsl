// Weighted sums of the cells of windows of constant sizes: an invocation loads the cells of a tile of RUN_H x RUN_W windows once and computes
// all of these windows.
// slots: divided, weights_d, weights_h, weights_w
// constants: CHANNELS_LAST, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, RUN_H, RUN_W, STRIDE_D, STRIDE_H, STRIDE_W
// types: Division, E, V
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

const ROWS = (RUN_H - 1u) * STRIDE_H + KERNEL_H;
const COLUMNS = (RUN_W - 1u) * STRIDE_W + KERNEL_W;

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let output = g.output;
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, output.channels);
  }
  let pixel = select(1u, output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.blocks_w);
  let row = divided(column.quotient, g.blocks_h);
  let slice = divided(row.quotient, output.depth);
  let v = g.regions.windows;
  let window_h = row.rest * RUN_H;
  let window_w = column.rest * RUN_W;
  // Negative in the padding, which wraps around to more than any size.
  let cell_d = slice.rest * STRIDE_D - v.begin_d;
  let cell_h = window_h * STRIDE_H - v.begin_h;
  let cell_w = window_w * STRIDE_W - v.begin_w;
  // Offsets of the channel's plane or, with channels last, of the sample's volume.
  let plane = slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest;
  let to = slice.quotient * output.depth * output.height * output.width * pixel + channel.rest;
  let along_d = weights_d(slice.rest, output.depth);
  var along_w: array<array<f32, KERNEL_W>, RUN_W>;
  // @unroll
  for (var q = 0u; q < RUN_W; q++) {
    along_w[q] = weights_w(window_w + q, output.width);
  }
  var columns: array<u32, COLUMNS>;
  var column_inside: array<bool, COLUMNS>;
  // @unroll
  for (var s = 0u; s < COLUMNS; s++) {
    let w = cell_w + s;
    columns[s] = w * pixel;
    column_inside[s] = w < g.input.width;
  }
  // For each row of cells, its weighted sum in each column of windows.
  var rows: array<V, ROWS * RUN_W>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    let d = cell_d + t;
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = cell_h + j;
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row_offset = (d * g.input.height + h) * g.input.width * pixel;
      var values: array<V, COLUMNS>;
      // @unroll
      for (var s = 0u; s < COLUMNS; s++) {
        let inside = row_inside & column_inside[s];
        values[s] = select(V(0.0), V(x[plane + select(0u, row_offset + columns[s], inside)]), inside);
      }
      // @unroll
      for (var q = 0u; q < RUN_W; q++) {
        var sum = V(0.0);
        // @unroll
        for (var s = 0u; s < KERNEL_W; s++) {
          sum += along_w[q][s] * values[q * STRIDE_W + s];
        }
        rows[j * RUN_W + q] += along_d[t] * sum;
      }
    }
  }
  var sums: array<V, RUN_H * RUN_W>;
  // @unroll
  for (var r = 0u; r < RUN_H; r++) {
    let along_h = weights_h(window_h + r, output.height);
    // @unroll
    for (var q = 0u; q < RUN_W; q++) {
      // @unroll
      for (var t = 0u; t < KERNEL_H; t++) {
        sums[r * RUN_W + q] += along_h[t] * rows[(r * STRIDE_H + t) * RUN_W + q];
      }
    }
  }
  // @unroll
  for (var r = 0u; r < RUN_H; r++) {
    // @unroll
    for (var q = 0u; q < RUN_W; q++) {
      let h = window_h + r;
      let w = window_w + q;
      if (EVEN | ((h < output.height) & (w < output.width))) {
        y[to + ((slice.rest * output.height + h) * output.width + w) * pixel] = E(sums[r * RUN_W + q]);
      }
    }
  }
}
