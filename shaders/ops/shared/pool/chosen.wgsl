// Values of windows go to the cells at their indices: `taken` is the state of a cell after one more window chose it. WHOLE: indices count
// over the tensor, channels first, else over the plane of their channel.
// slots: taken
// constants: CHANNELS_LAST, LANE, LANES, WHOLE
// types: E, V, VB, VI, VU
struct Window { value: V, index: VU }

@group(0) @binding(1) var<storage, read> values: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<VI>;
@group(0) @binding(3) var<storage, read_write> result: array<E>;

// No position: of windows outside the map, and of indices that are no whole number.
const NO_CELL = 0xffffffffu;

struct Rule { unused: u32 }

fn load_window(pooled: u32, window: vec3u, inside: bool) -> Window {
  let given = indices[pooled];
  var position = VU(given);
  let is_whole = VI(position) == given;
  if (WHOLE) {
    let pixel = select(1u, g.input.channels, CHANNELS_LAST);
    let outer = pooled / (g.input.depth * g.input.height * g.input.width * pixel);
    let plane = (outer * pixel + pooled % pixel) * LANES + LANE;
    position -= plane * (g.output.depth * g.output.height * g.output.width);
  }
  return Window(V(values[pooled]), select(VU(NO_CELL), position, is_whole & VB(inside)));
}

fn with_loaded(state: V, window: Window, position: u32) -> V {
  return select(state, taken(state, window.value), window.index == VU(position));
}

fn write(index: u32, state: V) {
  result[index] = E(state);
}
