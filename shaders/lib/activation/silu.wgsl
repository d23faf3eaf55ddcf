// v * sigmoid(v), which is swish with factor 1.
// slots: logistic
fn activate(v: f32) -> f32 {
  return v * logistic(v);
}
