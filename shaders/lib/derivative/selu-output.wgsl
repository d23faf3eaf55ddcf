// The scale of selu, and scale alpha exp(v) = y + scale alpha below 0.
fn derivative(y: f32) -> f32 {
  return select(y + 1.7580993408, 1.0507009874, y > 0.0);
}
