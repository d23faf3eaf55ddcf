// The share of a cell in the value of a window: one of as many as the window has cells; INCLUDE_PADDING counts those in the padding too.
// slots: window_cells
// constants: INCLUDE_PADDING
// types: V
fn cells_along(window: u32, kernel: u32, stride: u32, dilation: u32, begin: u32, end: u32, size: u32) -> f32 {
  let before = select(begin, 0u, INCLUDE_PADDING);
  let cells = size + select(0u, begin + end, INCLUDE_PADDING);
  return f32(window_cells(window, kernel, stride, dilation, before, cells).count);
}

fn share_of(value: V, window: vec3u) -> V {
  let v = g.regions.windows;
  let map = g.output;
  let depth = cells_along(window.x, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, v.end_d, map.depth);
  let height = cells_along(window.y, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, v.end_h, map.height);
  let width = cells_along(window.z, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, v.end_w, map.width);
  return value / (depth * height * width);
}
