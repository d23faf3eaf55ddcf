// The factor on the sum of a window that the end of the padding cuts off. As in PyTorch the result is the mean of its cells times the cells
// of a whole window.
// slots: divisor_of
// constants: COMMON_DIVISOR
// types: Element
fn stretch_of(o: Element) -> f32 {
  if (COMMON_DIVISOR) {
    return 1.0;
  }
  return g.rule.cells / divisor_of(o);
}
