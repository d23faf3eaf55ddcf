// Average pooling: divides the gradient of an output evenly among its cells.
// slots: divisor_of
// types: Element, V
fn scaled_dy(dy: V, index: u32, o: Element) -> V {
  return dy / divisor_of(o);
}
