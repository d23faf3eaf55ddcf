// Sums.
// types: P
fn combined(a: P, b: P) -> P {
  return a + b;
}
