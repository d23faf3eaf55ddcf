// The largest cell and where it lies in its channel: the first one of equals, as in PyTorch the last one that is NaN.
// slots: is_nan
// constants: VB, VU
// types: E, Element, V
struct Rule {
  // The bits of minus infinity, which no constant expression of WGSL may be.
  lowest: u32,
}

// Where no cell was seen yet: the first one is taken even if it is minus infinity.
const NONE = 0xffffffffu;

struct State { best: V, at: VU }

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(3) var<storage, read_write> indices: array<V>;
@group(0) @binding(4) var<storage, read_write> kept: array<V>;

fn fresh(o: Element) -> State {
  return State(V(bitcast<f32>(g.rule.lowest)), VU(NONE));
}

fn with_cell(state: State, value: V, place: u32, tap: vec3u, inside: bool) -> State {
  let better = ((value > state.best) | is_nan(value) | (state.at == VU(NONE))) & VB(inside);
  return State(select(state.best, value, better), select(state.at, VU(place), better));
}

// Of the states of parts, whose cells lie between each other.
fn merged(state: State, other: State) -> State {
  let nan = is_nan(state.best);
  let earlier = (other.best == state.best) & (other.at < state.at);
  let better = select((other.best > state.best) | earlier, VB(false), nan);
  let last_nan = is_nan(other.best) & (!nan | (other.at > state.at));
  let chosen = better | last_nan;
  return State(select(state.best, other.best, chosen), select(state.at, other.at, chosen));
}

// Places, from the first element of the channel on, become positions.
fn settled(state: State, pixel: u32) -> State {
  if (pixel == 1u) {
    return state;
  }
  return State(state.best, state.at / VU(pixel));
}

fn keep(place: u32, part: u32, state: State, o: Element) {
  kept[place * g.parts + part] = state.best;
  kept[g.kept + place * g.parts + part] = V(state.at);
}

fn kept_at(at: u32) -> State {
  return State(kept[at], VU(kept[g.kept + at]));
}

fn store(place: u32, part: u32, state: State, o: Element) {
  y[place] = E(state.best);
  indices[place] = V(state.at);
}
