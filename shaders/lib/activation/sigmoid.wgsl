// slots: logistic
fn activate(v: f32) -> f32 {
  return logistic(v);
}
