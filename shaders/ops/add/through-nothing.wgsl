// The gradient where there is no activation, unchanged.
// types: L
fn before_activation(gradient: L, index: u32) -> L {
  return gradient;
}
