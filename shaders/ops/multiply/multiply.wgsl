// The product of an item and the one beside it.
// types: L
fn combined(v: L, other: L) -> L {
  return v * other;
}
