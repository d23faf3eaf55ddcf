// The discrete Fourier transform of 7 complex numbers, kernel exp(-2 pi i j k / 7), by sums and differences of conjugate terms.
fn dft7(v: array<vec2f, 7>) -> array<vec2f, 7> {
  const COS_1 = 0.62348980185873353053;
  const COS_2 = -0.22252093395631440429;
  const COS_3 = -0.90096886790241912624;
  const SIN_1 = 0.78183148246802980871;
  const SIN_2 = 0.97492791218182360702;
  const SIN_3 = 0.43388373911755812048;
  let sum_1 = v[1] + v[6];
  let sum_2 = v[2] + v[5];
  let sum_3 = v[3] + v[4];
  let turn_1 = v[1] - v[6];
  let turn_2 = v[2] - v[5];
  let turn_3 = v[3] - v[4];
  let middle_1 = v[0] + (COS_1 * sum_1 + COS_2 * sum_2 + COS_3 * sum_3);
  let middle_2 = v[0] + (COS_2 * sum_1 + COS_3 * sum_2 + COS_1 * sum_3);
  let middle_3 = v[0] + (COS_3 * sum_1 + COS_1 * sum_2 + COS_2 * sum_3);
  let side_1 = SIN_1 * turn_1 + SIN_2 * turn_2 + SIN_3 * turn_3;
  let side_2 = SIN_2 * turn_1 - SIN_3 * turn_2 - SIN_1 * turn_3;
  let side_3 = SIN_3 * turn_1 - SIN_1 * turn_2 + SIN_2 * turn_3;
  let quarter_1 = vec2f(side_1.y, -side_1.x);
  let quarter_2 = vec2f(side_2.y, -side_2.x);
  let quarter_3 = vec2f(side_3.y, -side_3.x);
  return array(
    v[0] + (sum_1 + sum_2 + sum_3),
    middle_1 + quarter_1,
    middle_2 + quarter_2,
    middle_3 + quarter_3,
    middle_3 - quarter_3,
    middle_2 - quarter_2,
    middle_1 - quarter_1,
  );
}
