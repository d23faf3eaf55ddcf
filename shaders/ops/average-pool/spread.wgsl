// The values of windows go to all of their cells, where they add up, DIVIDED or not. S is the type of the values.
// constants: DIVIDED
// types: E, S, V
struct Rule { divisor: f32 }

alias Window = V;

@group(0) @binding(1) var<storage, read> values: array<S>;
@group(0) @binding(2) var<storage, read_write> result: array<E>;

fn load_window(pooled: u32, there: bool) -> Window {
  return select(V(0.0), V(values[pooled]), there);
}

fn with_loaded(state: V, window: Window, position: f32) -> V {
  return state + window;
}

fn write(place: u32, state: V) {
  if (DIVIDED) {
    result[place] = E(state / g.rule.divisor);
  } else {
    result[place] = E(state);
  }
}
