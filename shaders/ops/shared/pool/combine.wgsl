// Merges the partial results of the splits of an output.
// slots: element_at, merged, partial_at, store
fn thread(index: u32) {
  let o = element_at(index, g.output);
  var state = partial_at(index * g.splits);
  for (var split = 1u; split < g.splits; split++) {
    state = merged(state, partial_at(index * g.splits + split));
  }
  store(index, 0u, state, o);
}
