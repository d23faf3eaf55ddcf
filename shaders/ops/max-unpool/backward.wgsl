// The gradient of max unpooling: a window gets the gradient of the cell that it chose, unless a later one chose it too.
// slots: cell_named, element_at, number_of, place_of_number, plane_of
// constants: NO_CELL
// types: E
@group(0) @binding(4) var<storage, read> dy: array<E>;
@group(0) @binding(5) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  let o = element_at(index, g.input);
  let cell = cell_named(index, plane_of(o));
  var value = E(0.0);
  if (cell != NO_CELL && atomicLoad(&heads[1u + cell]) == number_of(o, g.input) + 1u) {
    value = dy[place_of_number(cell, g.output)];
  }
  dx[index] = value;
}
