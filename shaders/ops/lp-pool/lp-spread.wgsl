// The shares of windows go to all of their cells, each times x^(NORM - 1).
// slots: raised
// constants: NORM, SLOPE_SIGN
// types: E, V
alias Window = V;

@group(0) @binding(1) var<storage, read> shares: array<V>;
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

fn load_window(pooled: u32, there: bool) -> Window {
  return select(V(0.0), shares[pooled], there);
}

fn with_loaded(state: V, window: Window, position: f32) -> V {
  return state + window;
}

fn write(place: u32, state: V) {
  dx[place] = E(state * raised(V(x[place]), NORM - 1.0, SLOPE_SIGN));
}
