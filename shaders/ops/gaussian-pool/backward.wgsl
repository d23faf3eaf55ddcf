// The gradient of Gaussian pooling: each cell is the sum of the scaled gradients of the windows that contain it, times its weight in each.
// CUT: some windows have cells outside the map.
// slots: exponent_of, has_cell, nearest_of, window_cells
// constants: CUT, DILATED
// types: E, V
@group(0) @binding(1) var<storage, read> scaled: array<V>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;

fn with_window(state: V, pooled: u32, window: vec3u, cell: vec3u, position: u32) -> V {
  let v = g.regions.windows;
  var nearest = exponent_of(vec3u(u32(g.rule.centre_d), u32(g.rule.centre_h), u32(g.rule.centre_w)));
  if (CUT) {
    let depth = window_cells(window.x, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.output.depth);
    let height = window_cells(window.y, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.output.height);
    let width = window_cells(window.z, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.output.width);
    nearest = nearest_of(depth, height, width);
  }
  var tap = cell + vec3u(v.begin_d, v.begin_h, v.begin_w) - window * vec3u(v.stride_d, v.stride_h, v.stride_w);
  if (DILATED) {
    tap /= vec3u(v.dilation_d, v.dilation_h, v.dilation_w);
  }
  let weight = exp(nearest - exponent_of(tap));
  return state + select(V(0.0), weight * scaled[pooled], has_cell(window, cell));
}

fn write(index: u32, state: V) {
  dx[index] = E(state);
}
