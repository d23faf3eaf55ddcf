// The weighted mean of the cells.
// slots: cells_of_depth, cells_of_height, cells_of_width, exponent_of, first_of, nearest_of
// types: E, Element, V
struct State { sum: V, weights: f32, nearest: f32 }

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(4) var<storage, read_write> kept: array<V>;

fn fresh(o: Element) -> State {
  return State(V(0.0), 0.0, nearest_of(cells_of_depth(o.d), cells_of_height(o.h), cells_of_width(o.w)));
}

fn with_cell(state: State, value: V, place: u32, tap: vec3u, inside: bool) -> State {
  let weight = select(0.0, exp(state.nearest - exponent_of(tap)), inside);
  return State(state.sum + weight * select(V(0.0), value, inside), state.weights + weight, state.nearest);
}

fn merged(state: State, other: State) -> State {
  return State(state.sum + other.sum, state.weights + other.weights, state.nearest);
}

fn settled(state: State, pixel: u32) -> State {
  return state;
}

fn keep(place: u32, part: u32, state: State, o: Element) {
  kept[place * g.parts + part] = state.sum;
  kept[g.kept + place * g.parts + part] = V(state.weights);
}

fn kept_at(at: u32) -> State {
  let weights: V = kept[g.kept + at];
  return State(kept[at], first_of(weights), 0.0);
}

fn store(place: u32, part: u32, state: State, o: Element) {
  y[place] = E(state.sum / state.weights);
}
