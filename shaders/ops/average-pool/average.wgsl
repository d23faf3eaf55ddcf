// The mean or the sum of the cells, stored as R.
// slots: divisor_of
// types: Element, R, V
alias State = V;

@group(0) @binding(2) var<storage, read_write> y: array<R>;
@group(0) @binding(4) var<storage, read_write> kept: array<V>;

fn fresh(o: Element) -> State {
  return V(0.0);
}

fn with_cell(state: State, value: V, place: u32, tap: vec3u, inside: bool) -> State {
  return state + select(V(0.0), value, inside);
}

fn merged(state: State, other: State) -> State {
  return state + other;
}

fn settled(state: State, pixel: u32) -> State {
  return state;
}

fn keep(place: u32, part: u32, state: State, o: Element) {
  kept[place * g.parts + part] = state;
}

fn kept_at(at: u32) -> State {
  return kept[at];
}

fn store(place: u32, part: u32, state: State, o: Element) {
  y[place] = R(state / divisor_of(o));
}
