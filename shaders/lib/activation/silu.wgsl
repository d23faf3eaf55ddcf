// v * sigmoid(v), the swish with factor 1.
// slots: logistic
fn activate(v: f32) -> f32 {
  return v * logistic(v);
}
