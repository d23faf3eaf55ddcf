// The geometry of deformable convolution. A sample is a tap of an output, for one offset group of one image; the samples of one image and
// offset group within a band of outputs are a segment.
// constants: CHANNELS_LAST
struct Deform {
  threads: u32, channels: u32, group_c: u32, offset_groups: u32, offset_c: u32,
  input_h: u32, input_w: u32, output_p: u32, output_q: u32, kernel_r: u32, kernel_s: u32,
  stride_h: u32, stride_w: u32, dilation_h: u32, dilation_w: u32, begin_h: u32, begin_w: u32,
  // The band: its first image, and its first output and the number of its outputs in each image.
  band_image: u32, band_start: u32, band_cells: u32,
}

// The coordinates of a sample in the maps of offsets and masks, and its image and output counted from the first of the band.
struct Sample { n: u32, offset_group: u32, tap: u32, cell: u32, band_n: u32, band_cell: u32 }

// The sample of a segment at an index; samples are ordered by tap, then cell.
fn sample_of(segment: u32, index: u32, g: Deform) -> Sample {
  let n = segment / g.offset_groups;
  let tap = index / g.band_cells;
  let cell = index - tap * g.band_cells;
  return Sample(g.band_image + n, segment - n * g.offset_groups, tap, g.band_start + cell, n, cell);
}

// The index of channel `which` of a sample in a map with `many` channels for each offset group and tap.
fn offset_place(sample: Sample, many: u32, which: u32, g: Deform) -> u32 {
  let taps = g.kernel_r * g.kernel_s;
  let cells = g.output_p * g.output_q;
  let channels = many * g.offset_groups * taps;
  let channel = (sample.offset_group * taps + sample.tap) * many + which;
  return select((sample.n * channels + channel) * cells + sample.cell, (sample.n * cells + sample.cell) * channels + channel, CHANNELS_LAST);
}

// The start of a channel's samples among the columns of the band, which are [n, channel, tap, cell], or with CHANNELS_LAST [n, cell, group, tap,
// channel of group]. Images and cells are counted from the first of the band.
fn column_place(n: u32, channel: u32, g: Deform) -> u32 {
  let taps = g.kernel_r * g.kernel_s;
  let group = channel / g.group_c;
  return n * g.channels * taps * g.band_cells + select(channel * taps * g.band_cells, group * (taps - 1u) * g.group_c + channel, CHANNELS_LAST);
}

fn column_offset(tap: u32, cell: u32, g: Deform) -> u32 {
  let taps = g.kernel_r * g.kernel_s;
  return select(tap * g.band_cells + cell, cell * g.channels * taps + tap * g.group_c, CHANNELS_LAST);
}

// The first element of a channel of an image; cell_stride is the distance between its cells.
fn plane_start(n: u32, channel: u32, g: Deform) -> u32 {
  let cells = g.input_h * g.input_w;
  return n * g.channels * cells + select(channel * cells, channel, CHANNELS_LAST);
}

fn cell_stride(g: Deform) -> u32 {
  return select(1u, g.channels, CHANNELS_LAST);
}
