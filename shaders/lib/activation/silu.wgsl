// v * sigmoid(v), the swish with factor 1.
fn activate(v: f32) -> f32 {
  return v * logistic(v);
}
