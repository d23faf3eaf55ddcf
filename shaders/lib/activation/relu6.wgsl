// min(max(v, 0), 6); select and not clamp, which may drop NaN.
fn activate(v: f32) -> f32 {
  return select(select(v, 0.0, v < 0.0), 6.0, v > 6.0);
}
