// Each element times the factor of its set and times its scale. An invocation computes a run, one element or four at a time.
// slots: next, run_at, scale_at, step_of
// constants: PARAMETER_MOVES, SET_MOVES
// types: Axes, E, S, V
@group(0) @binding(0) var<uniform> g: Axes;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> factor: array<S>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let step = step_of(g);
  var at = run_at(index, g);
  var by = V(factor[at.in_set]) * scale_at(at.parameter);
  for (; at.cell < g.cells; at = next(at, step)) {
    if (SET_MOVES || PARAMETER_MOVES) {
      by = V(factor[at.in_set]) * scale_at(at.parameter);
    }
    y[at.place] = E(V(x[at.place]) * by);
  }
}
