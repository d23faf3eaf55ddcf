// exp(v) - 1, without cancellation near 0: for |v| < 1/2 the Taylor series to v^8 (the first omitted term is under 2^-26 of the
// value).
fn expm1(v: f32) -> f32 {
  let series = 1.0 + v / 2.0 * (1.0 + v / 3.0 * (1.0 + v / 4.0 * (1.0 + v / 5.0 * (1.0 + v / 6.0 * (1.0 + v / 7.0 * (1.0 + v / 8.0))))));
  return select(exp(v) - 1.0, v * series, abs(v) < 0.5);
}
