// The gradient of softmax along an axis, y (dy - sum y dy), or of its logarithm, dy - exp(y) sum dy. BLOCK elements
// are loaded at once for the sum. EVEN: they divide those of all invocations.
// slots: first_of, line_of, line_sum, start_of
// constants: BLOCK, EVEN, LOGARITHM, THREADS
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
  for (var c = first; c < lines.size; c += BLOCK * THREADS) {
    // @unroll
    for (var i = 0u; i < BLOCK; i++) {
      let inside = EVEN | (c + i * THREADS < lines.size);
      let at = start + select(c, c + i * THREADS, inside) * lines.inner;
      var term = L(dy[at]);
      if (!LOGARITHM) {
        term *= L(y[at]);
      }
      part += select(L(0.0), term, inside);
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
