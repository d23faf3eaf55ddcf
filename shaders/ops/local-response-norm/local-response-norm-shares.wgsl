// The two parts of an element's gradient: dy d^-beta, for the element itself, and the share that goes to every channel of its window. y = x
// d^-beta with d = k + factor times the sum of squares, and (d^-beta)' = -beta d^(-beta - 1) 2 factor x for every x of the window.
// slots: power, run_at, window_sums
// constants: RUN
// types: E, V, Windows
@group(0) @binding(0) var<uniform> g: Windows;
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read_write> direct: array<V>;
@group(0) @binding(4) var<storage, read_write> shares: array<V>;

fn thread(index: u32) {
  let run = run_at(index, g);
  let sums = window_sums(run, g);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    if (i < run.count) {
      let place = run.place + i * g.inner;
      let divisor = V(g.k) + g.factor * sums[i];
      let own = V(dy[place]) * power(divisor, g);
      direct[place] = own;
      shares[place] = own * V(x[place]) / divisor * (2.0 * g.factor * g.beta);
    }
  }
}
