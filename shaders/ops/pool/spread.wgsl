// The values of windows go to all of their cells, where they add up. S is the type of the values.
struct Rule { divisor: f32 }

@group(0) @binding(1) var<storage, read> values: array<S>;
@group(0) @binding(2) var<storage, read_write> result: array<E>;

fn with_window(state: V, pooled: u32, window: vec3u, cell: vec3u, position: u32) -> V {
  return state + select(V(0.0), V(values[pooled]), has_cell(window, cell));
}

fn write(place: u32, state: V, cell: vec3u) {
  result[place] = E(state / g.rule.divisor);
}
