// The gradient of a pooling as sums of windows.
// slots: write
// types: Element, State, V
fn initial(o: Element) -> State {
  return V(0.0);
}

fn merged(state: State, other: State) -> State {
  return state + other;
}

fn store(index: u32, split: u32, state: State, o: Element) {
  write(index, state);
}
