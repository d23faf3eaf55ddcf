// 1 / (1 + exp(-v)) and its complement, each of exp(-|v|), which does not overflow.
fn gate_logistic(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(1.0, e, v < 0.0) / (1.0 + e);
}
