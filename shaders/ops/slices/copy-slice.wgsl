// Copies a slice along an axis out of a tensor or into one, an item per invocation: rows of `row` items, which are `from_row` apart in x,
// starting at `from_start`, and `to_row` apart in y, starting at `to_start`.
// types: V
struct Slice { threads: u32, row: u32, from_start: u32, from_row: u32, to_start: u32, to_row: u32 }

@group(0) @binding(0) var<uniform> g: Slice;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  let row = index / g.row;
  let at = index - row * g.row;
  y[g.to_start + row * g.to_row + at] = x[g.from_start + row * g.from_row + at];
}
