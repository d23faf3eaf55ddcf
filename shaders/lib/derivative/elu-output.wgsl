// alpha exp(v) = y + alpha below 0, where alpha is not negative.
// constants: GATE_PARAMETER
fn derivative(y: f32) -> f32 {
  return select(y + GATE_PARAMETER, 1.0, y > 0.0);
}
