// The gradient of max unpooling by lists: a window gets the gradient of the cell that it chose, unless a later one chose it too.
// slots: cell_named, element_at, needs_lists, number_of, place_of_number, plane_of
// constants: NO_CELL
// types: E
@group(0) @binding(4) var<storage, read> dy: array<E>;
@group(0) @binding(5) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  if (!needs_lists()) {
    return;
  }
  for (var i = index; i < g.rule.windows; i += g.threads) {
    let o = element_at(i, g.input);
    let cell = cell_named(i, plane_of(o));
    var value = E(0.0);
    if (cell != NO_CELL && atomicLoad(&heads[1u + cell]) == number_of(o, g.input) + 1u) {
      value = dy[place_of_number(cell, g.output)];
    }
    dx[i] = value;
  }
}
