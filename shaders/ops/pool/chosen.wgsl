// The values of windows go to the cells that they chose. `taken` is what becomes of a cell that one more window chose.
struct Rule { unused: u32 }

@group(0) @binding(1) var<storage, read> values: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<V>;
@group(0) @binding(3) var<storage, read_write> result: array<E>;

fn with_window(state: V, pooled: u32, window: vec3u, cell: vec3u, position: u32) -> V {
  return select(state, taken(state, V(values[pooled])), (indices[pooled] == V(f32(position))) & VB(has_cell(window, cell)));
}

fn write(place: u32, state: V, cell: vec3u) {
  result[place] = E(state);
}
