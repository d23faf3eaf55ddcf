// Normalises: each element minus the mean of its set, over its deviation, times its scale, plus its bias. An invocation computes a run,
// one element or four at a time. Per-set and per-parameter values are loaded again when the run moves on to others.
// slots: bias_at, center_at, next, run_at, scale_at, step_of
// constants: PARAMETER_MOVES, SET_MOVES
// types: E, S, V
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> inverse: array<S>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let step = step_of();
  var at = run_at(index);
  var center = center_at(at.in_set);
  var factor = V(inverse[at.in_set]);
  var scaling = scale_at(at.parameter);
  var offset = bias_at(at.parameter);
  for (; at.cell < g.cells; at = next(at, step)) {
    if (SET_MOVES) {
      center = center_at(at.in_set);
      factor = V(inverse[at.in_set]);
    }
    if (PARAMETER_MOVES) {
      scaling = scale_at(at.parameter);
      offset = bias_at(at.parameter);
    }
    y[at.place] = E((V(x[at.place]) - center) * (factor * scaling) + offset);
  }
}
