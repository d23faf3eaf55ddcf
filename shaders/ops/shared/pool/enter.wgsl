// Enters each window in the list of the cell that it chose.
// slots: cell_named, element_at, enter, needs_lists, number_of, plane_of
// constants: NO_CELL
fn thread(index: u32) {
  if (!needs_lists()) {
    return;
  }
  for (var i = index; i < g.rule.windows; i += g.threads) {
    let o = element_at(i, g.input);
    let cell = cell_named(i, plane_of(o));
    if (cell != NO_CELL) {
      enter(cell, number_of(o, g.input) + 1u);
    }
  }
}
