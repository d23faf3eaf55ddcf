// What a cell belongs to are windows.
struct Axes { windows: Windows }

fn around_depth(cell: u32) -> Interval {
  let v = g.axes.windows;
  return windows_around(cell, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.input.depth);
}

fn around_height(cell: u32) -> Interval {
  let v = g.axes.windows;
  return windows_around(cell, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.input.height);
}

fn around_width(cell: u32) -> Interval {
  let v = g.axes.windows;
  return windows_around(cell, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.input.width);
}

// Whether a cell is one of those of a window that spans it.
fn has_cell(window: vec3u, cell: vec3u) -> bool {
  let v = g.axes.windows;
  if (v.dilation_d == 1u && v.dilation_h == 1u && v.dilation_w == 1u) {
    return true;
  }
  return is_tap(cell.x, window.x, v.stride_d, v.dilation_d, v.begin_d)
    && is_tap(cell.y, window.y, v.stride_h, v.dilation_h, v.begin_h)
    && is_tap(cell.z, window.z, v.stride_w, v.dilation_w, v.begin_w);
}
