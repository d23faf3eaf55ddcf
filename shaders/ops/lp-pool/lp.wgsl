// The NORM-th root of the sum of powers.
// slots: raised, stretch_of
// constants: NORM, POWER_SIGN, UNDEFINED
// types: E, Element, V
alias State = V;

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(4) var<storage, read_write> kept: array<V>;

fn fresh(o: Element) -> State {
  return V(0.0);
}

fn with_cell(state: State, value: V, place: u32, tap: vec3u, inside: bool) -> State {
  return state + select(V(0.0), raised(value, NORM, POWER_SIGN), inside);
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
  let sum = state * stretch_of(o);
  if (NORM == 1.0) {
    y[place] = E(sum);
  } else if (NORM == 2.0) {
    y[place] = E(sqrt(sum));
  } else {
    y[place] = E(raised(sum, 1.0 / NORM, UNDEFINED));
  }
}
