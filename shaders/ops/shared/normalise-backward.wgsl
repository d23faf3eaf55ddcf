// The gradient of a normalisation (Ioffe and Szegedy, "Batch Normalization", 2015, section 3): the gradient of the result without the
// components that change the mean or the deviation of the set. `sums` and `products` hold the means over the set of the gradient, and of
// its products with the normalised numbers. SIGNS: of a division by sums of magnitudes, whose gradients are signs. An invocation computes
// a run, one element or four at a time.
// slots: center_at, next, run_at, scale_at, step_of
// constants: PARAMETER_MOVES, SET_MOVES, SIGNS
// types: E, S, V
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;
@group(0) @binding(3) var<storage, read> inverse: array<S>;
@group(0) @binding(4) var<storage, read> x: array<E>;
@group(0) @binding(5) var<storage, read> sums: array<S>;
@group(0) @binding(6) var<storage, read> products: array<S>;

fn thread(index: u32) {
  let step = step_of();
  var at = run_at(index);
  var center = center_at(at.in_set);
  var factor = V(inverse[at.in_set]);
  var gradients = V(sums[at.in_set]);
  var along = V(products[at.in_set]);
  var scaling = scale_at(at.parameter);
  for (; at.cell < g.cells; at = next(at, step)) {
    if (SET_MOVES) {
      center = center_at(at.in_set);
      factor = V(inverse[at.in_set]);
      gradients = V(sums[at.in_set]);
      along = V(products[at.in_set]);
    }
    if (PARAMETER_MOVES) {
      scaling = scale_at(at.parameter);
    }
    let distance = V(x[at.place]) - center;
    let normal = select(distance * factor, sign(distance), SIGNS);
    dx[at.place] = E((V(dy[at.place]) * scaling - gradients - normal * along) * factor);
  }
}
