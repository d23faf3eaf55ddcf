fn divisor() -> f32 {
  return g.divisor;
}
