// How often a step fits into a number of cells. Software adapters divide floats several times as fast as integers: below 2^20 the quotient
// of (cells + 1/2) / step errs by less (2.5 ULP, WGSL's table of accuracies) than its distance from the nearest integer. LONG: an axis has
// 2^20 cells or more.
// constants: LONG
fn steps_in(cells: u32, step: u32) -> u32 {
  if (LONG) {
    return cells / step;
  }
  return u32((f32(cells) + 0.5) / f32(step));
}
