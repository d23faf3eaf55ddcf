// The discrete Fourier transform of 5 complex numbers, kernel exp(-2 pi i j k / 5), by sums and differences of conjugate terms.
fn dft5(v: array<vec2f, 5>) -> array<vec2f, 5> {
  const COS_1 = 0.30901699437494742410;
  const COS_2 = -0.80901699437494742410;
  const SIN_1 = 0.95105651629515357212;
  const SIN_2 = 0.58778525229247312917;
  let sum_1 = v[1] + v[4];
  let sum_2 = v[2] + v[3];
  let turn_1 = v[1] - v[4];
  let turn_2 = v[2] - v[3];
  let middle_1 = v[0] + (COS_1 * sum_1 + COS_2 * sum_2);
  let middle_2 = v[0] + (COS_2 * sum_1 + COS_1 * sum_2);
  let side_1 = SIN_1 * turn_1 + SIN_2 * turn_2;
  let side_2 = SIN_2 * turn_1 - SIN_1 * turn_2;
  let quarter_1 = vec2f(side_1.y, -side_1.x);
  let quarter_2 = vec2f(side_2.y, -side_2.x);
  return array(
    v[0] + (sum_1 + sum_2),
    middle_1 + quarter_1,
    middle_2 + quarter_2,
    middle_2 - quarter_2,
    middle_1 - quarter_1,
  );
}
