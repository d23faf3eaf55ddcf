// The source of the forward transform of the weights: a kernel from cell 0 on, with taps `dilation` apart and zeros between and after them, all
// divided by the number of cells of the transform. A signal is a (group, input channel, output channel).
// slots: load
struct Source {
  group_c: u32, outputs: u32, first_output: u32, first_group: u32,
  kernel_d: u32, kernel_h: u32, kernel_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  scale: f32,
  w_start: u32, w_stride_g: u32, w_stride_k: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
}

// A row of a kernel: the offset of its first tap in w, and whether it has no taps.
struct Row { at: u32, empty: bool }

// The tap at a cell, or the number of taps if there is none.
fn tap_at(cell: u32, dilation: u32, kernel: u32) -> u32 {
  let tap = cell / dilation;
  return select(kernel, tap, (tap * dilation == cell) & (tap < kernel));
}

fn open_row(signal: u32, d: u32, h: u32) -> Row {
  let pair = signal / g.source.outputs;
  let output = g.source.first_output + signal - pair * g.source.outputs;
  let group = pair / g.source.group_c;
  let c = pair - group * g.source.group_c;
  let t = tap_at(d, g.source.dilation_d, g.source.kernel_d);
  let r = tap_at(h, g.source.dilation_h, g.source.kernel_h);
  let empty = (t == g.source.kernel_d) | (r == g.source.kernel_h);
  let channels_at = g.source.w_start + (g.source.first_group + group) * g.source.w_stride_g
    + output * g.source.w_stride_k + c * g.source.w_stride_c;
  return Row(channels_at + select(t * g.source.w_stride_t + r * g.source.w_stride_r, 0u, empty), empty);
}

fn load_cell(row: Row, at: u32) -> f32 {
  let s = tap_at(at, g.source.dilation_w, g.source.kernel_w);
  let empty = row.empty | (s == g.source.kernel_w);
  let weight = load(row.at + select(s, 0u, empty) * g.source.w_stride_s);
  return select(weight * g.source.scale, 0.0, empty);
}
