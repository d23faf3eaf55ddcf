// No activation: the value itself.
fn activate(v: f32) -> f32 {
  return v;
}
