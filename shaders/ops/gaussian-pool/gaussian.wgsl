// Gaussian pooling: the weighted mean of the cells.
// slots: cells_of_depth, cells_of_height, cells_of_width, exponent_of, first_of, nearest_of
// types: E, Element, V
struct State { sum: V, weights: f32, nearest: f32 }

@group(0) @binding(2) var<storage, read_write> y: array<E>;
// The sums of all partial results, then the weights of all.
@group(0) @binding(4) var<storage, read_write> partials: array<V>;

fn initial(o: Element) -> State {
  return State(V(0.0), 0.0, nearest_of(cells_of_depth(o.d), cells_of_height(o.h), cells_of_width(o.w)));
}

fn with_cell(state: State, value: V, offset: u32, tap: vec3u, inside: bool) -> State {
  let weight = select(0.0, exp(state.nearest - exponent_of(tap)), inside);
  return State(state.sum + weight * select(V(0.0), value, inside), state.weights + weight, state.nearest);
}

fn merged(state: State, other: State) -> State {
  return State(state.sum + other.sum, state.weights + other.weights, state.nearest);
}

fn settled(state: State, pixel: u32) -> State {
  return state;
}

fn store_partial(index: u32, split: u32, state: State, o: Element) {
  partials[index * g.splits + split] = state.sum;
  partials[g.partials + index * g.splits + split] = V(state.weights);
}

fn partial_at(index: u32) -> State {
  let weights: V = partials[g.partials + index];
  return State(partials[index], first_of(weights), 0.0);
}

fn store(index: u32, split: u32, state: State, o: Element) {
  y[index] = E(state.sum / state.weights);
}
