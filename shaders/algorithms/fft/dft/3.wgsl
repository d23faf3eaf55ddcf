// The discrete Fourier transform of 3 complex numbers, kernel exp(-2 pi i j k / 3).
fn dft3(v: array<vec2f, 3>) -> array<vec2f, 3> {
  let sum = v[1] + v[2];
  let turn = 0.86602540378443864676 * (v[1] - v[2]);
  let middle = v[0] - 0.5 * sum;
  let quarter = vec2f(turn.y, -turn.x);
  return array(v[0] + sum, middle + quarter, middle - quarter);
}
