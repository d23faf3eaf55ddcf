// The gradient of local response normalisation over narrow windows, of BEFORE and AFTER channels around their own. With d = k + factor
// times the sum of squares, y = x d^-beta: the gradient of an element is dy d^-beta from itself, and a multiple of dy x d^-beta / d from
// each element whose window contains it, since (d^-beta)' = -beta d^(-beta - 1) 2 factor x for every x of the window. The shares of the
// channels around a run are computed again, which costs less than storing and loading them.
// slots: near_at, power, run_at
// constants: AFTER, BEFORE, RUN
// types: E, V, Windows
const SPAN = BEFORE + AFTER;
const LOADED = SPAN + RUN + SPAN;
const NEAR = AFTER + RUN + BEFORE;

@group(0) @binding(0) var<uniform> g: Windows;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  let run = run_at(index, g);
  var values: array<V, LOADED>;
  // @unroll
  for (var i = 0u; i < LOADED; i++) {
    let near = near_at(i, SPAN, run, g);
    values[i] = select(V(0), V(x[near.place]), near.inside);
  }
  var own: array<V, NEAR>;
  var shares: array<V, NEAR>;
  // @unroll
  for (var i = 0u; i < NEAR; i++) {
    var squares = values[i] * values[i];
    // @unroll
    for (var j = 1u; j < SPAN + 1u; j++) {
      squares += values[i + j] * values[i + j];
    }
    let near = near_at(i, AFTER, run, g);
    let divisor = V(g.k) + g.factor * squares;
    own[i] = V(dy[near.place]) * power(divisor, g);
    shares[i] = select(V(0), own[i] * values[BEFORE + i] / divisor, near.inside);
  }
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    var sum = shares[i];
    // @unroll
    for (var j = 1u; j < SPAN + 1u; j++) {
      sum += shares[i + j];
    }
    if (i < run.count) {
      dx[run.place + i * g.inner] = E(own[AFTER + i] - values[SPAN + i] * sum * (2.0 * g.factor * g.beta));
    }
  }
}
