// Softmax along an axis, exp(v - largest) / sum, or its logarithm.
// slots: exp_of, first_of, line_norm, line_of, norm_along, start_of, unless_infinite
// constants: LOGARITHM, THREADS
// types: L, Lines, V
@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let lines = g;
  let line = line_of(workgroup, local);
  let start = start_of(min(line, lines.count - 1u), lines);
  let first = first_of(local);
  let norm = line_norm(norm_along(start, first, lines), local);
  let scale = select(1.0 / norm.sum, log(norm.sum), LOGARITHM);
  let end = select(0u, lines.size, line < lines.count);
  for (var c = first; c < end; c += THREADS) {
    let place = start + c * lines.inner;
    let v = L(x[place]) - norm.largest;
    let value = select(exp_of(v) * scale, v - scale, LOGARITHM);
    y[place] = V(unless_infinite(value, norm, lines));
  }
}
