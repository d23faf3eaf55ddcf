// 0 where the output is 0 or 1.
fn derivative(y: f32) -> f32 {
  return select(0.0, 1.0 / 6.0, (y > 0.0) & (y < 1.0));
}
