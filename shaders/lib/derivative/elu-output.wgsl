// 1, and alpha exp(v) = y + alpha below 0. GATE_PARAMETER is alpha, which must not be negative.
// constants: GATE_PARAMETER
fn derivative(y: f32) -> f32 {
  return select(y + GATE_PARAMETER, 1.0, y > 0.0);
}
