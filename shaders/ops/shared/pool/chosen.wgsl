// The values of windows go to the cells that they chose. `taken` is what becomes of a cell that one more window chose.
// slots: taken
// types: E, V
struct Rule { unused: u32 }

struct Window { value: V, chosen: V }

@group(0) @binding(1) var<storage, read> values: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<V>;
@group(0) @binding(3) var<storage, read_write> result: array<E>;

fn load_window(pooled: u32, there: bool) -> Window {
  return Window(V(values[pooled]), select(V(-1.0), indices[pooled], there));
}

fn with_loaded(state: V, window: Window, position: f32) -> V {
  return select(state, taken(state, window.value), window.chosen == V(position));
}

fn write(place: u32, state: V) {
  result[place] = E(state);
}
