// The gradient of average pooling: each cell is the sum of the values, stored as S, of the windows that contain it, divided where DIVIDED.
// slots: share_of
// constants: DIVIDED
// types: E, S, V
struct Rule { divisor: f32 }

alias Window = V;

@group(0) @binding(1) var<storage, read> values: array<S>;
@group(0) @binding(2) var<storage, read_write> result: array<E>;

fn load_window(pooled: u32, window: vec3u, inside: bool) -> Window {
  return select(V(0.0), share_of(V(values[pooled]), window), inside);
}

fn with_loaded(state: V, window: Window, position: u32) -> V {
  return state + window;
}

fn write(index: u32, state: V) {
  if (DIVIDED) {
    result[index] = E(state / g.rule.divisor);
  } else {
    result[index] = E(state);
  }
}
