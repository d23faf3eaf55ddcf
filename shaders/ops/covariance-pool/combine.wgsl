// What parts of the cells of an output came to, combined.
// slots: element_at, kept_at, merged, store
fn thread(index: u32) {
  let o = element_at(index, g.output);
  var state = kept_at(index * g.parts);
  for (var part = 1u; part < g.parts; part++) {
    state = merged(state, kept_at(index * g.parts + part));
  }
  store(index, 0u, state, o);
}
