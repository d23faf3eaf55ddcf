// Lp pooling: the NORM-th root of the sum of powers.
// slots: raised, stretch_of
// constants: NORM, POWER_SIGN, UNDEFINED
// types: E, Element, State, V
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn initial(o: Element) -> State {
  return V(0.0);
}

fn with_cell(state: State, value: V, offset: u32, inside: bool) -> State {
  return state + select(V(0.0), raised(value, NORM, POWER_SIGN), inside);
}

fn merged(state: State, other: State) -> State {
  return state + other;
}

fn store(index: u32, split: u32, state: State, o: Element) {
  let sum = state * stretch_of(o);
  if (NORM == 1.0) {
    y[index] = E(sum);
  } else if (NORM == 2.0) {
    y[index] = E(sqrt(sum));
  } else {
    y[index] = E(raised(sum, 1.0 / NORM, UNDEFINED));
  }
}
