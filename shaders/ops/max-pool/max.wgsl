// Max pooling: the largest cell, or NaN if a cell is NaN.
// slots: is_nan
// types: E, Element, State, V, VB
struct Rule {
  // The bits of minus infinity, which no constant expression of WGSL may have.
  lowest: u32,
}

@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn initial(o: Element) -> State {
  return V(bitcast<f32>(g.rule.lowest));
}

fn with_cell(state: State, value: V, offset: u32, inside: bool) -> State {
  return select(state, value, ((value > state) | is_nan(value)) & VB(inside));
}

fn merged(state: State, other: State) -> State {
  return select(state, other, (other > state) | is_nan(other));
}

fn store(index: u32, split: u32, state: State, o: Element) {
  y[index] = E(state);
}
