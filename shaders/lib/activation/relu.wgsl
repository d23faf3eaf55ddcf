// max(v, 0); select and not max, which may drop NaN.
fn activate(v: f32) -> f32 {
  return select(v, 0.0, v < 0.0);
}
