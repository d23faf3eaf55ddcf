// y = tanh(v) has the derivative 1 - y^2 = (1 - y) (1 + y).
fn derivative(y: f32) -> f32 {
  return (1.0 - y) * (1.0 + y);
}
