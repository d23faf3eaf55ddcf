// Values of windows go to the cells at their indices: `taken` is the state of a cell after one more window chose it.
// slots: taken
// types: E, V
struct Rule { unused: u32 }

struct Window { value: V, index: V }

@group(0) @binding(1) var<storage, read> values: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<V>;
@group(0) @binding(3) var<storage, read_write> result: array<E>;

fn load_window(pooled: u32, inside: bool) -> Window {
  return Window(V(values[pooled]), select(V(-1.0), indices[pooled], inside));
}

fn with_loaded(state: V, window: Window, position: f32) -> V {
  return select(state, taken(state, window.value), window.index == V(position));
}

fn write(index: u32, state: V) {
  result[index] = E(state);
}
