// Without an activation the gradient stays as it is.
// types: L
fn before_activation(gradient: L, index: u32) -> L {
  return gradient;
}
