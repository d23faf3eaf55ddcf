// v, and slope v below 0; PARAMETER is the slope.
// constants: PARAMETER
fn activate(v: f32) -> f32 {
  return select(v, PARAMETER * v, v < 0.0);
}
