// The windows of pooling over a feature map. DILATED: software adapters compute both sides of an if that is not known when they compile.
// constants: DILATED
struct Windows {
  kernel_d: u32, kernel_h: u32, kernel_w: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  begin_d: u32, begin_h: u32, begin_w: u32,
  end_d: u32, end_h: u32, end_w: u32,
}

// The numbers from `begin` to before `end`.
struct Interval { begin: u32, end: u32 }

// The cell at which a window starts, negative in the padding.
fn start_of(window: u32, stride: u32, pad: u32) -> i32 {
  return i32(window * stride) - i32(pad);
}

// The taps of a window that lie on the `size` cells of an axis.
fn taps_inside(start: i32, kernel: u32, dilation: u32, size: u32) -> Interval {
  var first = max(-start, 0);
  var end = max(i32(size) - start, 0);
  if (DILATED) {
    let step = i32(dilation);
    first = (first + step - 1) / step;
    end = (end + step - 1) / step;
  }
  return Interval(u32(first), u32(clamp(end, first, i32(kernel))));
}

// Cells along an axis: the first, their number, and the distance between them.
struct Cells { first: u32, count: u32, step: u32 }

// The cells of a window that lie on the axis.
fn window_cells(window: u32, kernel: u32, stride: u32, dilation: u32, begin: u32, size: u32) -> Cells {
  let start = start_of(window, stride, begin);
  let taps = taps_inside(start, kernel, dilation, size);
  return Cells(u32(start + i32(taps.begin * dilation)), taps.end - taps.begin, dilation);
}
