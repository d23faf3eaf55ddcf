// Divides each element by a power of the squares over a narrow window, of BEFORE and AFTER channels around it. Each number is loaded once.
// slots: near_at, power, run_at
// constants: AFTER, BEFORE, RUN
// types: E, V, Windows
const LOADED = BEFORE + RUN + AFTER;

@group(0) @binding(0) var<uniform> g: Windows;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let run = run_at(index, g);
  var values: array<V, LOADED>;
  // @unroll
  for (var i = 0u; i < LOADED; i++) {
    let near = near_at(i, BEFORE, run, g);
    values[i] = select(V(0), V(x[near.place]), near.inside);
  }
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    var sum = values[i] * values[i];
    // @unroll
    for (var j = 1u; j < BEFORE + AFTER + 1u; j++) {
      sum += values[i + j] * values[i + j];
    }
    if (i < run.count) {
      y[run.place + i * g.inner] = E(values[BEFORE + i] * power(V(g.k) + g.factor * sum, g));
    }
  }
}
