// sigmoid(v) sigmoid(-v)
// slots: gate_logistic
fn derivative(v: f32) -> f32 {
  return gate_logistic(v) * gate_logistic(-v);
}
