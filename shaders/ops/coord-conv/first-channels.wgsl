// Copies the first channels of an array [outer, channels, inner]: the first `copied` of every `row` elements.
// types: E
struct First { threads: u32, row: u32, copied: u32 }

@group(0) @binding(0) var<uniform> g: First;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let row = index / g.copied;
  y[index] = x[row * g.row + index - row * g.copied];
}
