// From the pre-activation value or, if the slope is not negative, from the output alike; the slope at the corner. GATE_PARAMETER is the slope.
// constants: GATE_PARAMETER
fn derivative(v: f32) -> f32 {
  return select(GATE_PARAMETER, 1.0, v > 0.0);
}
