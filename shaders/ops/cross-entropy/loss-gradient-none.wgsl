// The gradient of each loss: 1.
// types: L
fn loss_gradient(line: u32) -> L {
  return L(1.0);
}
