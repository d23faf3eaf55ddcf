// 1 / (1 + exp(-v)), computed from exp(-|v|), which cannot overflow.
fn logistic(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(1.0, e, v < 0.0) / (1.0 + e);
}
