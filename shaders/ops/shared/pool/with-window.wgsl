// Adds one window to the state of a cell, in kernels that load windows one by one.
// slots: has_cell, load_window, with_loaded
// types: V
fn with_window(state: V, pooled: u32, window: vec3u, cell: vec3u, position: u32) -> V {
  return with_loaded(state, load_window(pooled, has_cell(window, cell)), position);
}
