// v min(max(v + 3, 0), 6) / 6
fn activate(v: f32) -> f32 {
  return select(select(v * (v + 3.0) / 6.0, 0.0, v <= -3.0), v, v >= 3.0);
}
