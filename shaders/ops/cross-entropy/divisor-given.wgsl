// The divisor of all losses, known to the host.
fn divisor() -> f32 {
  return g.divisor;
}
