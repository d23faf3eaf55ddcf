// 1 / cosh(v)^2 = 4 e / (1 + e)^2 with e = exp(-2 |v|).
fn derivative(v: f32) -> f32 {
  let e = exp(-2.0 * abs(v));
  return 4.0 * e / ((1.0 + e) * (1.0 + e));
}
