// What the sum of an output's cells is divided by: the divisor where all outputs have a COMMON_DIVISOR, else how many cells there are, with
// INCLUDE_PADDING those of the padding too.
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
