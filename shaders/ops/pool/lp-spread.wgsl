// The shares of windows go to all of their cells, each times x^(NORM - 1).
@group(0) @binding(1) var<storage, read> shares: array<V>;
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

fn with_window(state: V, pooled: u32, window: vec3u, cell: vec3u, position: u32) -> V {
  return state + select(V(0.0), shares[pooled], has_cell(window, cell));
}

fn write(place: u32, state: V, cell: vec3u) {
  dx[place] = E(state * raised(V(x[place]), NORM - 1.0, SLOPE_SIGN));
}
