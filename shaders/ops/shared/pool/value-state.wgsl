// The state of a reduction to one number: V itself, which the first dispatch also passes to the second.
// types: Element, V
alias State = V;

@group(0) @binding(4) var<storage, read_write> partials: array<V>;

fn settled(state: State, pixel: u32) -> State {
  return state;
}

fn store_partial(index: u32, split: u32, state: State, o: Element) {
  partials[index * g.splits + split] = state;
}

fn partial_at(index: u32) -> State {
  return partials[index];
}
