// How often a step fits. Floats divide several times as fast as integers on software adapters: where numbers are below 2^20, the quotient of
// one by another and half more errs by less (2.5 ULP, WGSL's table of accuracies) than what it is away from the next integer. LONG says that
// an axis has more cells.
// constants: LONG
fn steps_in(cells: u32, step: u32) -> u32 {
  if (LONG) {
    return cells / step;
  }
  return u32((f32(cells) + 0.5) / f32(step));
}
