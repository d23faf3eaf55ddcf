// A^T m, the outputs of a line of points (cook-toom.ts): the points are 0, +-a_1 .. +-a_PAIRS and infinity; even powers of a pair take the sum of its two
// values, odd ones the difference.
// constants: OUTPUTS, PAIRS, POINTS, POWERS
fn transform_line(m: array<f32, POINTS>) -> array<f32, OUTPUTS> {
  var outputs: array<f32, OUTPUTS>;
  outputs[0] = m[0];
  outputs[OUTPUTS - 1u] += m[2u * PAIRS + 1u];
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    let sum = m[2u * pair + 1u] + m[2u * pair + 2u];
    let difference = m[2u * pair + 1u] - m[2u * pair + 2u];
    // @unroll
    for (var j = 0u; j < OUTPUTS; j += 2u) {
      outputs[j] = fma(POWERS[pair * OUTPUTS + j], sum, outputs[j]);
    }
    // @unroll
    for (var j = 1u; j < OUTPUTS; j += 2u) {
      outputs[j] = fma(POWERS[pair * OUTPUTS + j], difference, outputs[j]);
    }
  }
  return outputs;
}
