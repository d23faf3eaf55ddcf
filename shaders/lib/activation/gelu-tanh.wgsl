// v (1 + tanh(t / 2)) / 2 = v / (1 + exp(-t)) with t = sqrt(8 / pi) (v + 0.044715 v^3). Beyond 12 the factor is 0 or 1 in float32:
// clamping there keeps the cube from overflowing.
// slots: logistic
fn activate(v: f32) -> f32 {
  let r = clamp(v, -12.0, 12.0);
  return v * logistic(1.5957691 * (r + 0.044715 * r * r * r));
}
