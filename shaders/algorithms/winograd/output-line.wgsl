// A^T m, the outputs of a line of points (cook-toom.ts): the points are 0, +-a_1 .. +-a_PAIRS and infinity; even powers of a pair take the sum of its two
// values, odd ones the difference.
// constants: OUTPUTS, PAIRS, POINTS, POWERS
fn transform_line(m: array<f32, POINTS>) -> array<f32, OUTPUTS> {
  var outputs: array<f32, OUTPUTS>;
  var sums: array<f32, PAIRS>;
  var differences: array<f32, PAIRS>;
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    sums[pair] = m[2u * pair + 1u] + m[2u * pair + 2u];
    differences[pair] = m[2u * pair + 1u] - m[2u * pair + 2u];
  }
  // @unroll
  for (var j = 0u; j < OUTPUTS; j++) {
    var sum = 0.0;
    if (j == 0u) {
      sum = m[0];
    }
    if (j == OUTPUTS - 1u) {
      sum += m[2u * PAIRS + 1u];
    }
    // @unroll
    for (var pair = 0u; pair < PAIRS; pair++) {
      if (j % 2u == 0u) {
        sum = fma(POWERS[pair * OUTPUTS + j], sums[pair], sum);
      } else {
        sum = fma(POWERS[pair * OUTPUTS + j], differences[pair], sum);
      }
    }
    outputs[j] = sum;
  }
  return outputs;
}
