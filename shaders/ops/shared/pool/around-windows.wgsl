// The windows that contain a cell.
// slots: steps_in
// constants: DILATED
// types: Interval, Windows
struct Regions { windows: Windows }

// The windows along an axis that span a cell; dilated ones may skip it. A cell that negative padding removes lies before all of them: its
// padded position is negative, which wraps.
fn windows_around(cell: u32, kernel: u32, stride: u32, dilation: u32, pad: u32, windows: u32) -> Interval {
  let extent = (kernel - 1u) * dilation + 1u;
  let padded = cell + pad;
  let end = select(min(steps_in(padded, stride) + 1u, windows), 0u, padded > 0x7fffffffu);
  let first = select(0u, steps_in(padded - extent, stride) + 1u, padded >= extent);
  return Interval(min(first, end), end);
}

// Whether a dilated window that spans a cell has a tap on it.
fn is_tap(cell: u32, window: u32, stride: u32, dilation: u32, pad: u32) -> bool {
  return (cell + pad - window * stride) % dilation == 0u;
}

fn around_depth(cell: u32) -> Interval {
  let v = g.regions.windows;
  return windows_around(cell, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.input.depth);
}

fn around_height(cell: u32) -> Interval {
  let v = g.regions.windows;
  return windows_around(cell, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.input.height);
}

fn around_width(cell: u32) -> Interval {
  let v = g.regions.windows;
  return windows_around(cell, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.input.width);
}

// Whether a window that spans a cell contains it.
fn has_cell(window: vec3u, cell: vec3u) -> bool {
  if (!DILATED) {
    return true;
  }
  let v = g.regions.windows;
  return is_tap(cell.x, window.x, v.stride_d, v.dilation_d, v.begin_d)
    && is_tap(cell.y, window.y, v.stride_h, v.dilation_h, v.begin_h)
    && is_tap(cell.z, window.z, v.stride_w, v.dilation_w, v.begin_w);
}

fn contains(window: vec3u, cell: vec3u) -> bool {
  let v = g.regions.windows;
  let kernel = vec3u(v.kernel_d, v.kernel_h, v.kernel_w);
  let stride = vec3u(v.stride_d, v.stride_h, v.stride_w);
  let dilation = vec3u(v.dilation_d, v.dilation_h, v.dilation_w);
  let extent = (kernel - 1u) * dilation + 1u;
  // Negative before the window, which wraps.
  let offset = cell + vec3u(v.begin_d, v.begin_h, v.begin_w) - window * stride;
  return all(offset < extent) && has_cell(window, cell);
}
