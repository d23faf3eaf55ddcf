// What the sum of a window is divided by: DIVISOR where that is not 0, else how many cells it has, with INCLUDE_PADDING those of the
// padding too.
fn cells_of(window: u32, kernel: u32, stride: u32, dilation: u32, begin: u32, end: u32, size: u32) -> u32 {
  var start = i32(window * stride);
  var cells = begin + size + end;
  if (!INCLUDE_PADDING) {
    start -= i32(begin);
    cells = size;
  }
  let taps = taps_inside(start, kernel, dilation, cells);
  return taps.end - taps.begin;
}

fn divisor_of(d: u32, h: u32, w: u32, g: Windows, input: Map) -> f32 {
  if (DIVISOR > 0.0) {
    return DIVISOR;
  }
  let along_d = cells_of(d, g.kernel_d, g.stride_d, g.dilation_d, g.begin_d, g.end_d, input.depth);
  let along_h = cells_of(h, g.kernel_h, g.stride_h, g.dilation_h, g.begin_h, g.end_h, input.height);
  let along_w = cells_of(w, g.kernel_w, g.stride_w, g.dilation_w, g.begin_w, g.end_w, input.width);
  return f32(along_d) * f32(along_h) * f32(along_w);
}
