// sigmoid(v) (1 + v sigmoid(-v))
// slots: gate_logistic
fn derivative(v: f32) -> f32 {
  return gate_logistic(v) * (1.0 + v * gate_logistic(-v));
}
