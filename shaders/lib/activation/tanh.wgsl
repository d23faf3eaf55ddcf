// tanh |v| = -m / (2 + m) with m = exp(-2|v|) - 1: accurate for small v and free of overflow, which the built-in need not be.
// slots: expm1
fn activate(v: f32) -> f32 {
  let m = expm1(-2.0 * abs(v));
  return sign(v) * (-m / (2.0 + m));
}
