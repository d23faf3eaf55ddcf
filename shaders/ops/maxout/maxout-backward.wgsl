// The gradient of maxout: dy at the largest of each group of neighbouring channels, the first of equals, and 0 elsewhere.
// types: L, V
struct Groups { threads: u32, pieces: u32, inner: u32 }

@group(0) @binding(0) var<uniform> g: Groups;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> x: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;

fn thread(index: u32) {
  let group = index / g.inner;
  let start = group * g.pieces * g.inner + index - group * g.inner;
  var largest = L(x[start]);
  var winner = L(0.0);
  for (var piece = 1u; piece < g.pieces; piece++) {
    let v = L(x[start + piece * g.inner]);
    let stays = (v <= largest) | (largest != largest);
    largest = select(v, largest, stays);
    winner = select(L(f32(piece)), winner, stays);
  }
  let gradient = L(dy[index]);
  for (var piece = 0u; piece < g.pieces; piece++) {
    dx[start + piece * g.inner] = V(select(L(0.0), gradient, winner == L(f32(piece))));
  }
}
