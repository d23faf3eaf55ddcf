// The divisor of all losses, known beforehand.
fn divisor() -> f32 {
  return g.divisor;
}
