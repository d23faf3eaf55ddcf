// The factor by which a window cut off by the end of the padding counts more than its sum: PyTorch takes its mean times the cells of a whole
// window.
// slots: divisor_of
// constants: COMMON_DIVISOR
// types: Element
fn stretch_of(o: Element) -> f32 {
  if (COMMON_DIVISOR) {
    return 1.0;
  }
  return g.rule.cells / divisor_of(o);
}
