// The gradient of softmax along an axis, y (dy - sum y dy), or of its logarithm, dy - exp(y) sum dy.
// slots: first_of, line_of, line_sum, start_of
// constants: LOGARITHM, THREADS
// types: L, Lines, V
@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> y: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let lines = g;
  let line = line_of(workgroup, local);
  let start = start_of(min(line, lines.count - 1u), lines);
  let first = first_of(local);
  var part = L(0.0);
  for (var c = first; c < lines.size; c += THREADS) {
    let at = start + c * lines.inner;
    if (LOGARITHM) {
      part += L(dy[at]);
    } else {
      part += L(dy[at]) * L(y[at]);
    }
  }
  let sum = line_sum(part, local);
  let end = select(0u, lines.size, line < lines.count);
  for (var c = first; c < end; c += THREADS) {
    let at = start + c * lines.inner;
    if (LOGARITHM) {
      dx[at] = V(L(dy[at]) - exp(L(y[at])) * sum);
    } else {
      dx[at] = V(L(y[at]) * (L(dy[at]) - sum));
    }
  }
}
