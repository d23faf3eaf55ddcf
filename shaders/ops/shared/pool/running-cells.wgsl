// The states of the first axis: cells of the input.
// slots: initial, with_cell
// types: E, Element, State, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn cell_state(place: u32, position: u32) -> State {
  return with_cell(initial(Element()), V(x[place]), position, true);
}
