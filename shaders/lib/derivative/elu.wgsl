// 1, and alpha exp(v) below 0 and at the corner; GATE_PARAMETER is alpha.
// constants: GATE_PARAMETER
fn derivative(v: f32) -> f32 {
  return select(GATE_PARAMETER * exp(min(v, 0.0)), 1.0, v > 0.0);
}
