// The gradient of x: dy, times the slope where x is not above 0.
// slots: beside
// types: L, V
@group(0) @binding(2) var<storage, read> dy: array<V>;
@group(0) @binding(3) var<storage, read> x: array<V>;
@group(0) @binding(4) var<storage, read_write> dx: array<V>;

fn thread(index: u32) {
  let gradient = L(dy[index]);
  dx[index] = V(select(gradient * beside(index), gradient, L(x[index]) > L(0.0)));
}
