// Nearest cells: an invocation copies every row_threads-th cell of a row.
// constants: RUN
// types: Axis, E
struct Nearest {
  threads: u32,
  // Invocations of a row, cells (in vectors of channels, of which a cell has `inner`) of a row of the result.
  row_threads: u32, row: u32, inner: u32,
  d: Axis, h: Axis, w: Axis,
}

@group(0) @binding(0) var<uniform> g: Nearest;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

// The cell of an output along an axis, in rows of the table with one weight.
fn cell_of(output: u32, a: Axis) -> u32 {
  return table[a.table + 2u * output];
}

fn thread(index: u32) {
  let row = index / g.row_threads;
  let first = index - row * g.row_threads;
  let slice = row / g.h.outputs;
  let plane = slice / g.d.outputs;
  let d = plane * g.d.inputs + cell_of(slice - plane * g.d.outputs, g.d);
  let h = d * g.h.inputs + cell_of(row - slice * g.h.outputs, g.h);
  let start = h * g.w.inputs;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let at = first + r * g.row_threads;
    if (at < g.row) {
      var w = at;
      if (g.inner > 1u) {
        w = at / g.inner;
      }
      y[row * g.row + at] = x[(start + cell_of(w, g.w)) * g.inner + at - w * g.inner];
    }
  }
}
