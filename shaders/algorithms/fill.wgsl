// Fills the cells that no sum reaches with the epilogue of zero.
// slots: channel_of, epilogue
// types: OutputChannels, Y
struct Fill {
  threads: u32, channels: u32,
  output_o: u32, output_p: u32, output_q: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Fill;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(invocation: u32) {
  var index = invocation;
  let q = index % g.output_q;
  index /= g.output_q;
  let p = index % g.output_p;
  index /= g.output_p;
  let o = index % g.output_o;
  index /= g.output_o;
  let channel = channel_of(index % g.channels);
  let n = index / g.channels;
  let at = g.y_start + n * g.y_stride_n + channel.at + o * g.y_stride_o + p * g.y_stride_p + q * g.y_stride_q;
  y[at] = Y(epilogue(0.0, channel.index, at));
}
