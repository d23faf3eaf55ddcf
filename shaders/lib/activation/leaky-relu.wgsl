// PARAMETER is the slope below 0.
// constants: PARAMETER
fn activate(v: f32) -> f32 {
  return select(v, PARAMETER * v, v < 0.0);
}
