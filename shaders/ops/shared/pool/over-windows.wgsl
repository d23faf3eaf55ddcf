// The cells of an output, by windows.
// slots: taps_inside, window_cells
// types: Cells, Element
fn cells_of_depth(window: u32) -> Cells {
  let v = g.regions.windows;
  return window_cells(window, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.input.depth);
}

fn cells_of_height(window: u32) -> Cells {
  let v = g.regions.windows;
  return window_cells(window, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.input.height);
}

fn cells_of_width(window: u32) -> Cells {
  let v = g.regions.windows;
  return window_cells(window, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.input.width);
}

// The number of cells of a window in the padded input.
fn cells_with_padding(o: Element) -> f32 {
  let v = g.regions.windows;
  let depth = taps_inside(i32(o.d * v.stride_d), v.kernel_d, v.dilation_d, v.begin_d + g.input.depth + v.end_d);
  let height = taps_inside(i32(o.h * v.stride_h), v.kernel_h, v.dilation_h, v.begin_h + g.input.height + v.end_h);
  let width = taps_inside(i32(o.w * v.stride_w), v.kernel_w, v.dilation_w, v.begin_w + g.input.width + v.end_w);
  return f32(depth.end - depth.begin) * f32(height.end - height.begin) * f32(width.end - width.begin);
}
