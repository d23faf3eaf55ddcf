// The gradient of an element: its own term, minus the shares from the elements whose windows contain it.
// slots: run_at, window_sums
// constants: RUN
// types: E, V, Windows
@group(0) @binding(0) var<uniform> g: Windows;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;
@group(0) @binding(3) var<storage, read> direct: array<V>;
@group(0) @binding(4) var<storage, read> shares: array<V>;

fn term(place: u32) -> V {
  return shares[place];
}

fn thread(index: u32) {
  let run = run_at(index, g);
  let sums = window_sums(run, g);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    if (i < run.count) {
      let place = run.place + i * g.inner;
      dx[place] = E(direct[place] - V(x[place]) * sums[i]);
    }
  }
}
