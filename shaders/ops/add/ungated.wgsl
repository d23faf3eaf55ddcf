// types: L
fn gated(gradient: L, index: u32) -> L {
  return gradient;
}
