// By how much a window that the end of the padding cuts off counts more than its sum: as in PyTorch, which takes mean times cells.
// slots: divisor_of
// constants: COMMON_DIVISOR
// types: Element
fn stretch_of(o: Element) -> f32 {
  if (COMMON_DIVISOR) {
    return 1.0;
  }
  return g.rule.cells / divisor_of(o);
}
