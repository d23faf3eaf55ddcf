// The self-normalising unit of Klambauer et al. 2017, section 2: scale v, and scale alpha (exp(v) - 1) below 0.
// slots: expm1_negative
fn activate(v: f32) -> f32 {
  return select(1.0507009874 * v, 1.7580993408 * expm1_negative(v), v < 0.0);
}
