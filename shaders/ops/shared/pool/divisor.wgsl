// The divisor of an output: the divisor of the rule if COMMON_DIVISOR, else the number of its cells; INCLUDE_PADDING counts cells in the
// padding too.
// slots: cells_of_depth, cells_of_height, cells_of_width, cells_with_padding
// constants: COMMON_DIVISOR, INCLUDE_PADDING
// types: Element
fn divisor_of(o: Element) -> f32 {
  if (COMMON_DIVISOR) {
    return g.rule.divisor;
  }
  if (INCLUDE_PADDING) {
    return cells_with_padding(o);
  }
  return f32(cells_of_depth(o.d).count) * f32(cells_of_height(o.h).count) * f32(cells_of_width(o.w).count);
}
