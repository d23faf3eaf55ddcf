// Values of windows go to the cells at their indices, positions in the plane of the channel: `taken` is the state of a cell after one more
// window chose it.
// slots: taken
// types: E, V, VB, VU
struct Window { value: V, index: VU }

@group(0) @binding(1) var<storage, read> values: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<VU>;
@group(0) @binding(3) var<storage, read_write> result: array<E>;

// No position: of windows outside the map, and of indices that are no cell of their window.
const NO_CELL = 0xffffffffu;

struct Rule { unused: u32 }

fn load_window(pooled: u32, inside: bool) -> Window {
  return Window(V(values[pooled]), select(VU(NO_CELL), indices[pooled], VB(inside)));
}

fn with_loaded(state: V, window: Window, position: u32) -> V {
  return select(state, taken(state, window.value), window.index == VU(position));
}

fn write(index: u32, state: V) {
  result[index] = E(state);
}
