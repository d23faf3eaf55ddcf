// Resizing at once along all axes, from WINDOW_D x WINDOW_H x WINDOW_W cells around each output: an invocation computes every
// row_threads-th output of a row. Not WEIGHTED: the cell itself.
// constants: RUN, WEIGHTED, WINDOW_D, WINDOW_H, WINDOW_W
// types: Axis, E, V
struct Gather {
  threads: u32,
  // Invocations of a row, cells (in vectors of channels, of which a cell has `inner`) of a row of the result.
  row_threads: u32, row: u32, inner: u32,
  d: Axis, h: Axis, w: Axis,
}

@group(0) @binding(0) var<uniform> g: Gather;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let row_threads = g.row_threads;
  let items = g.row;
  let inner = g.inner;
  let table_width = g.w.table;
  let width = g.w.inputs;
  let height = g.h.inputs;
  let row = index / row_threads;
  let first = index - row * row_threads;
  let slice = row / g.h.outputs;
  let plane = slice / g.d.outputs;
  let table_d = g.d.table + (slice - plane * g.d.outputs) * (WINDOW_D + 1u);
  let table_h = g.h.table + (row - slice * g.h.outputs) * (WINDOW_H + 1u);
  let d = plane * g.d.inputs + table[table_d];
  let start = (d * g.h.inputs + table[table_h]) * g.w.inputs;
  var weights: array<f32, WINDOW_D * WINDOW_H>;
  if (WEIGHTED) {
    // @unroll
    for (var i = 0u; i < WINDOW_D * WINDOW_H; i++) {
      weights[i] = bitcast<f32>(table[table_d + 1u + i / WINDOW_H]) * bitcast<f32>(table[table_h + 1u + i % WINDOW_H]);
    }
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let at = first + r * row_threads;
    if (at < items) {
      var w = at;
      if (inner > 1u) {
        w = at / inner;
      }
      let table_w = table_width + w * (WINDOW_W + 1u);
      let cell = (start + table[table_w]) * inner + at - w * inner;
      if (WEIGHTED) {
        var sum = V(0.0);
        // @unroll
        for (var k = 0u; k < WINDOW_W; k++) {
          let along = bitcast<f32>(table[table_w + 1u + k]);
          // @unroll
          for (var i = 0u; i < WINDOW_D * WINDOW_H; i++) {
            let beside = ((i / WINDOW_H * height + i % WINDOW_H) * width + k) * inner;
            let weight = along * weights[i];
            // A cell of no weight is not to count, whatever it holds.
            sum += select(V(0.0), weight * V(x[cell + beside]), weight != 0.0);
          }
        }
        y[row * items + at] = E(sum);
      } else {
        y[row * items + at] = x[cell];
      }
    }
  }
}
