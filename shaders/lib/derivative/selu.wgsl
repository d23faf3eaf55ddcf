// The scale of selu, and scale alpha exp(v) below 0 and at the corner.
fn derivative(v: f32) -> f32 {
  return select(1.7580993408 * exp(min(v, 0.0)), 1.0507009874, v > 0.0);
}
