// G w, the points of a line of taps (cook-toom.ts): 0, +-a_1 .. +-a_PAIRS and infinity.
// constants: PAIRS, POINTS, POWERS, SCALES, TAPS
fn transform_line(w: array<f32, TAPS>) -> array<f32, POINTS> {
  var points: array<f32, POINTS>;
  points[0] = SCALES[0] * w[0];
  points[POINTS - 1u] = w[TAPS - 1u];
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    var even = w[0];
    var odd = POWERS[pair * TAPS + 1u] * w[1];
    // @unroll
    for (var j = 2u; j < TAPS; j++) {
      if (j % 2u == 0u) {
        even = fma(POWERS[pair * TAPS + j], w[j], even);
      } else {
        odd = fma(POWERS[pair * TAPS + j], w[j], odd);
      }
    }
    points[2u * pair + 1u] = SCALES[pair + 1u] * (even + odd);
    points[2u * pair + 2u] = SCALES[pair + 1u] * (even - odd);
  }
  return points;
}
