// Max pooling with indices: the largest cell and its position in the plane of the channel, or, WHOLE, in the tensor, channels first. Of equal cells the first; of NaNs, as in PyTorch, the last.
// slots: is_nan
// constants: LANE, LANES, WHOLE
// types: E, Element, V, VB, VU
struct Rule {
  // The bits of minus infinity, which no constant expression of WGSL may have.
  lowest: u32,
}

// The index before the first cell, which is then taken even if it is minus infinity.
const NONE = 0xffffffffu;

struct State { best: V, at: VU }

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(3) var<storage, read_write> indices: array<VU>;
// The bits of the values of all partial results, then the indices of all.
@group(0) @binding(4) var<storage, read_write> partials: array<VU>;

fn initial(o: Element) -> State {
  return State(V(bitcast<f32>(g.rule.lowest)), VU(NONE));
}

fn with_cell(state: State, value: V, offset: u32, inside: bool) -> State {
  let better = ((value > state.best) | is_nan(value) | (state.at == VU(NONE))) & VB(inside);
  return State(select(state.best, value, better), select(state.at, VU(offset), better));
}

// Splits interleave their cells, so indices decide which cell comes first.
fn merged(state: State, other: State) -> State {
  let nan = is_nan(state.best);
  let earlier = (other.best == state.best) & (other.at < state.at);
  let better = select((other.best > state.best) | earlier, VB(false), nan);
  let last_nan = is_nan(other.best) & (!nan | (other.at > state.at));
  let chosen = better | last_nan;
  return State(select(state.best, other.best, chosen), select(state.at, other.at, chosen));
}

// Turns the offset from the channel's first element into a position among its cells.
fn settled(state: State, pixel: u32) -> State {
  if (pixel == 1u) {
    return state;
  }
  return State(state.best, state.at / VU(pixel));
}

fn store_partial(index: u32, split: u32, state: State, o: Element) {
  partials[index * g.splits + split] = bitcast<VU>(state.best);
  partials[g.partials + index * g.splits + split] = state.at;
}

fn partial_at(index: u32) -> State {
  return State(bitcast<V>(partials[index]), partials[g.partials + index]);
}

fn store(index: u32, split: u32, state: State, o: Element) {
  y[index] = E(state.best);
  let plane = VU((o.n * g.output.channels + o.c) * LANES) + LANE;
  let before = select(VU(0u), plane * VU(g.input.depth * g.input.height * g.input.width), VB(WHOLE));
  indices[index] = before + state.at;
}
