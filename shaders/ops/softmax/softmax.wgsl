// Softmax along an axis, exp(v - largest) / sum, or its logarithm.
// slots: exp_of, first_of, line_norm, line_of, merged, no_norm, norm_of, start_of, unless_infinite
// constants: LOGARITHM, THREADS
// types: L, Lines, V
@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = line_of(workgroup, local);
  let start = start_of(min(line, g.count - 1u), g);
  let first = first_of(local);
  var norm = no_norm();
  for (var c = first; c < g.size; c += THREADS) {
    norm = merged(norm, norm_of(L(x[start + c * g.inner])));
  }
  norm = line_norm(norm, local);
  let scale = select(norm.sum, log(norm.sum), LOGARITHM);
  let end = select(0u, g.size, line < g.count);
  for (var c = first; c < end; c += THREADS) {
    let v = L(x[start + c * g.inner]) - norm.largest;
    let value = select(exp_of(v) / scale, v - scale, LOGARITHM);
    y[start + c * g.inner] = V(unless_infinite(value, norm, g));
  }
}
