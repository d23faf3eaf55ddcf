// v, and alpha (exp(v) - 1) below 0; PARAMETER is alpha.
// slots: expm1_negative
// constants: PARAMETER
fn activate(v: f32) -> f32 {
  return select(v, PARAMETER * expm1_negative(v), v < 0.0);
}
