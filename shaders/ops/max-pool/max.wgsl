// The largest cell; NaN where there is one.
// slots: is_nan
// constants: VB
// types: E, Element, V
struct Rule {
  // The bits of minus infinity, which no constant expression of WGSL may be.
  lowest: u32,
}

alias State = V;

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(4) var<storage, read_write> kept: array<V>;

fn fresh(o: Element) -> State {
  return V(bitcast<f32>(g.rule.lowest));
}

fn with_cell(state: State, value: V, place: u32, tap: vec3u, inside: bool) -> State {
  return select(state, value, ((value > state) | is_nan(value)) & VB(inside));
}

fn merged(state: State, other: State) -> State {
  return select(state, other, (other > state) | is_nan(other));
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
  y[place] = E(state);
}
