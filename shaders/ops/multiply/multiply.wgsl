// The product of an item and the other tensor's item beside it.
// types: L
fn combined(v: L, other: L) -> L {
  return v * other;
}
