// Max unpooling by lists: each cell gets the value of the last window that chose it, or 0.
// slots: element_at, needs_lists, number_of, place_of_number
// types: E
@group(0) @binding(4) var<storage, read> x: array<E>;
@group(0) @binding(5) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  if (!needs_lists()) {
    return;
  }
  for (var i = index; i < g.rule.cells; i += g.threads) {
    let entry = atomicLoad(&heads[1u + number_of(element_at(i, g.output), g.output)]);
    let place = place_of_number(max(entry, 1u) - 1u, g.input);
    y[i] = select(E(0.0), x[place], entry != 0u);
  }
}
