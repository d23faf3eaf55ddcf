// A value, times its slope below 0.
// types: L
fn combined(v: L, slope: L) -> L {
  return select(v, slope * v, v < L(0.0));
}
