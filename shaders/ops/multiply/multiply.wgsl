// types: L
fn combined(v: L, other: L) -> L {
  return v * other;
}
