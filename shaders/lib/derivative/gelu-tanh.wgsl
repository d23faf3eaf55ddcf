// s + v s (1 - s) t' with s = 1 / (1 + exp(-t)) and t = sqrt(8 / pi) (v + 0.044715 v^3). Beyond 12 the second term is 0 in
// float32: clamping there keeps the cube from overflowing.
// slots: gate_logistic
fn derivative(v: f32) -> f32 {
  let r = clamp(v, -12.0, 12.0);
  let t = 1.5957691 * (r + 0.044715 * r * r * r);
  let s = gate_logistic(t);
  return s + r * s * gate_logistic(-t) * 1.5957691 * (1.0 + 0.134145 * r * r);
}
