// What is reduced to an output is a window.
struct Axes { windows: Windows }

fn window_cells(window: u32, kernel: u32, stride: u32, dilation: u32, begin: u32, size: u32) -> Cells {
  let start = start_of(window, stride, begin);
  let taps = taps_inside(start, kernel, dilation, size);
  return Cells(u32(start + i32(taps.begin * dilation)), taps.end - taps.begin, dilation, taps.begin);
}

fn cells_of_depth(window: u32) -> Cells {
  let v = g.axes.windows;
  return window_cells(window, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.input.depth);
}

fn cells_of_height(window: u32) -> Cells {
  let v = g.axes.windows;
  return window_cells(window, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.input.height);
}

fn cells_of_width(window: u32) -> Cells {
  let v = g.axes.windows;
  return window_cells(window, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.input.width);
}
