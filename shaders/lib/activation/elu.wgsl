// v, and alpha (exp(v) - 1) below 0; PARAMETER is alpha.
// slots: expm1
// constants: PARAMETER
fn activate(v: f32) -> f32 {
  return select(v, PARAMETER * expm1(v), v < 0.0);
}
