// The gradient of Lp pooling: each cell x is x^(NORM - 1) times the sum of the scaled gradients of the windows that contain it.
// slots: raised
// constants: NORM, SLOPE_SIGN
// types: E, V
alias Window = V;

@group(0) @binding(1) var<storage, read> scaled: array<V>;
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

fn load_window(pooled: u32, window: vec3u, inside: bool) -> Window {
  return select(V(0.0), scaled[pooled], inside);
}

fn with_loaded(state: V, window: Window, position: u32) -> V {
  return state + window;
}

fn write(index: u32, state: V) {
  dx[index] = E(state * raised(V(x[index]), NORM - 1.0, SLOPE_SIGN));
}
