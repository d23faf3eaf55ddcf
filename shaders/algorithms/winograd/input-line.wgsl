// B^T d of a line of cells (cook-toom.ts): the points are 0, +-a_1 .. +-a_PAIRS and infinity; the two rows of B^T of a pair differ only in the sign of their
// odd half, so each half is computed once.
// constants: HALVES, PAIRS, PAIR_POINTS, POINTS, WHOLE
fn transform_line(d: array<f32, POINTS>) -> array<f32, POINTS> {
  var points: array<f32, POINTS>;
  var at_zero = d[2u * PAIRS];
  var at_infinity = d[2u * PAIRS + 1u];
  // @unroll
  for (var e = 0u; e < PAIRS; e++) {
    at_zero = fma(WHOLE[e], d[2u * e], at_zero);
    at_infinity = fma(WHOLE[e], d[2u * e + 1u], at_infinity);
  }
  points[0] = at_zero;
  points[2u * PAIRS + 1u] = at_infinity;
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    var even = d[2u * PAIRS];
    var odd = d[2u * PAIRS - 1u];
    // @unroll
    for (var e = 0u; e < PAIRS - 1u; e++) {
      even = fma(HALVES[pair * PAIRS + e], d[2u * e + 2u], even);
      odd = fma(HALVES[pair * PAIRS + e], d[2u * e + 1u], odd);
    }
    points[2u * pair + 1u] = fma(PAIR_POINTS[pair], odd, even);
    points[2u * pair + 2u] = fma(-PAIR_POINTS[pair], odd, even);
  }
  return points;
}
