// log(1 + exp(b v)) / b, and v if b v is above THRESHOLD; PARAMETER is b. With e = exp(-|b v|), which cannot overflow, the logarithm is
// max(b v, 0) + log(1 + e), and log(1 + e) = 2 artanh(z) with z = e / (2 + e): its series keeps the digits of a small e. z is at most 1/3,
// and the first omitted term is under 2^-29 of the value.
// constants: PARAMETER, THRESHOLD
fn activate(v: f32) -> f32 {
  let t = PARAMETER * v;
  let e = exp(-abs(t));
  let z = e / (2.0 + e);
  let q = z * z;
  let series = 1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q / 15.0))))));
  return select((select(t, 0.0, t < 0.0) + 2.0 * z * series) / PARAMETER, v, t > THRESHOLD);
}
