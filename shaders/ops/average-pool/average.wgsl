// Average pooling: the sum of the cells over a divisor, stored as R.
// slots: divisor_of
// types: Element, R, State, V
@group(0) @binding(2) var<storage, read_write> y: array<R>;

fn initial(o: Element) -> State {
  return V(0.0);
}

fn with_cell(state: State, value: V, offset: u32, inside: bool) -> State {
  return state + select(V(0.0), value, inside);
}

fn merged(state: State, other: State) -> State {
  return state + other;
}

fn store(index: u32, split: u32, state: State, o: Element) {
  y[index] = R(state / divisor_of(o));
}
