// Divides each element by a power of the squares over the window of channels around it.
// slots: power, run_at, window_sums
// constants: RUN
// types: E, V, Windows
@group(0) @binding(0) var<uniform> g: Windows;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let run = run_at(index, g);
  let sums = window_sums(run, g);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    if (i < run.count) {
      let place = run.place + i * g.inner;
      y[place] = E(V(x[place]) * power(V(g.k) + g.factor * sums[i], g));
    }
  }
}
