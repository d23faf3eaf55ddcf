// Empties the lists; CLEAR_ALL: whether they are needed or not.
// slots: needs_lists
// constants: CLEAR_ALL
fn thread(index: u32) {
  if (CLEAR_ALL || needs_lists()) {
    for (var i = g.rule.first + index; i < g.rule.end; i += g.threads) {
      atomicStore(&heads[i], 0u);
    }
  }
}
