// min(max(v + 3, 0), 6) / 6; select and not clamp, which may drop NaN.
fn activate(v: f32) -> f32 {
  return select(select((v + 3.0) / 6.0, 0.0, v <= -3.0), 1.0, v >= 3.0);
}
