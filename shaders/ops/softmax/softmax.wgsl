// Softmax along an axis, exp(v - largest) / sum, or its logarithm.
// slots: first_of, line_norm, line_of, merged, start_of
// constants: LOGARITHM, THREADS
// types: L, Lines, Norm, V
@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = line_of(workgroup, local);
  let start = start_of(min(line, g.count - 1u), g);
  let first = first_of(local);
  var norm = Norm(L(x[start + first * g.inner]), L(1.0));
  for (var c = first + THREADS; c < g.size; c += THREADS) {
    norm = merged(norm, Norm(L(x[start + c * g.inner]), L(1.0)));
  }
  norm = line_norm(norm, local);
  let scale = select(norm.sum, log(norm.sum), LOGARITHM);
  let end = select(0u, g.size, line < g.count);
  for (var c = first; c < end; c += THREADS) {
    let v = L(x[start + c * g.inner]) - norm.largest;
    if (LOGARITHM) {
      y[start + c * g.inner] = V(v - scale);
    } else {
      // If all elements are -Infinity, v is NaN, which exp may lose.
      y[start + c * g.inner] = V(select(exp(v), v, norm.largest < L(-3.4028234e38)) / scale);
    }
  }
}
