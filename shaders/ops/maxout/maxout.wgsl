// The largest of each group of neighbouring channels, which lie `inner` items apart, or NaN if a channel is NaN.
// types: L, V
struct Groups { threads: u32, pieces: u32, inner: u32 }

@group(0) @binding(0) var<uniform> g: Groups;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  let group = index / g.inner;
  let start = group * g.pieces * g.inner + index - group * g.inner;
  var largest = L(x[start]);
  for (var piece = 1u; piece < g.pieces; piece++) {
    let v = L(x[start + piece * g.inner]);
    largest = select(v, largest, (v <= largest) | (largest != largest));
  }
  y[index] = V(largest);
}
