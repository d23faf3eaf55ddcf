// sigmoid(b v), and 1 if b v is above THRESHOLD; GATE_PARAMETER is b.
// slots: gate_logistic
// constants: GATE_PARAMETER, THRESHOLD
fn derivative(v: f32) -> f32 {
  let t = GATE_PARAMETER * v;
  return select(gate_logistic(t), 1.0, t > THRESHOLD);
}
