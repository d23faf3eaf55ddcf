// 0 at both corners.
fn derivative(v: f32) -> f32 {
  return select(0.0, 1.0 / 6.0, (v > -3.0) & (v < 3.0));
}
