// 1 / (1 + exp(-v))
// slots: logistic
fn activate(v: f32) -> f32 {
  return logistic(v);
}
