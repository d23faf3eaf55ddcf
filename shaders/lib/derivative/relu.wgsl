// From the output or the pre-activation value alike; 0 at the corner.
fn derivative(v: f32) -> f32 {
  return select(0.0, 1.0, v > 0.0);
}
