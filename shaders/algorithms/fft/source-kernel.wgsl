// The source of the forward transform of the weights: a part of a kernel from cell 0 on, with taps `dilation` apart and zeros between and after them,
// all divided by the number of cells of the transform. A signal is a (group, part, input channel, output channel).
// slots: load, weights_of
// types: WeightChannels
struct Source {
  group_c: u32, outputs: u32, first_output: u32, first_group: u32,
  kernel_d: u32, kernel_h: u32, kernel_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  part_d: u32, part_h: u32, part_w: u32,
  parts_d: u32, parts_h: u32, parts_w: u32,
  scale: f32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  @align(16) w_channels: WeightChannels,
}

// A row of a part of a kernel: the offset of the kernel's row in w, its first cell in the kernel, and whether it has no taps.
struct Row { at: u32, left: u32, empty: bool }

// The tap at a cell of a part that starts at cell `first` of the kernel, or the number of taps if there is none.
fn tap_at(cell: u32, first: u32, part: u32, dilation: u32, kernel: u32) -> u32 {
  let tap = (first + cell) / dilation;
  return select(kernel, tap, (cell < part) & (tap * dilation == first + cell) & (tap < kernel));
}

fn open_row(signal: u32, d: u32, h: u32) -> Row {
  let pair = signal / g.source.outputs;
  let output = g.source.first_output + signal - pair * g.source.outputs;
  var part = pair / g.source.group_c;
  let c = pair - part * g.source.group_c;
  let left = part % g.source.parts_w * g.source.part_w;
  part /= g.source.parts_w;
  let r = tap_at(h, part % g.source.parts_h * g.source.part_h, g.source.part_h, g.source.dilation_h, g.source.kernel_h);
  part /= g.source.parts_h;
  let t = tap_at(d, part % g.source.parts_d * g.source.part_d, g.source.part_d, g.source.dilation_d, g.source.kernel_d);
  let group = part / g.source.parts_d;
  let empty = (t == g.source.kernel_d) | (r == g.source.kernel_h);
  let channels_at = g.source.w_start + (g.source.first_group + group) * g.source.w_stride_g
    + weights_of(output, g.source.w_channels) + c * g.source.w_stride_c;
  return Row(channels_at + select(t * g.source.w_stride_t + r * g.source.w_stride_r, 0u, empty), left, empty);
}

fn load_cell(row: Row, at: u32) -> f32 {
  let s = tap_at(at, row.left, g.source.part_w, g.source.dilation_w, g.source.kernel_w);
  let empty = row.empty | (s == g.source.kernel_w);
  let weight = load(row.at + select(s, 0u, empty) * g.source.w_stride_s);
  return select(weight * g.source.scale, 0.0, empty);
}
