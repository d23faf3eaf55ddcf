// From the output or the value before it alike, where the slope is not negative: the slope at the corner.
// constants: GATE_PARAMETER
fn derivative(v: f32) -> f32 {
  return select(GATE_PARAMETER, 1.0, v > 0.0);
}
