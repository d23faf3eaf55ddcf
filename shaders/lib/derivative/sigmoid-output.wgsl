// y = sigmoid(v) has the derivative y (1 - y).
fn derivative(y: f32) -> f32 {
  return y * (1.0 - y);
}
