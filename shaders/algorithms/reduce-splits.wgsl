// The second stage of split-K: adds the partial sums in order, so that the bits are the same in every run, and applies the epilogue. A split has a
// number for each channel and each output of the batch; channels are partial_k apart, outputs partial_n. An invocation adds `fan` splits to one of
// several parts, which are stored like splits.
// slots: channel_of, epilogue, is_cell
// constants: EVERY_CELL
// types: OutputChannels, Y
struct Splits {
  threads: u32, sums: u32, splits: u32, fan: u32, channels: u32,
  group_k: u32, partial: u32, partial_g: u32, partial_k: u32, partial_n: u32,
  output_o: u32, output_p: u32, output_q: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Splits;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(invocation: u32) {
  let part = invocation / g.sums;
  let index = invocation - part * g.sums;
  // Neighbouring threads read neighbouring partials.
  let outputs = g.sums / g.channels;
  let k = select(index / outputs, index % g.channels, g.partial_k == 1u);
  let n = select(index % outputs, index / g.channels, g.partial_k == 1u);
  let group = k / g.group_k;
  var at = part * g.fan * g.partial + group * g.partial_g + (k - group * g.group_k) * g.partial_k + n * g.partial_n;
  var sum = 0.0;
  for (var split = part * g.fan; split < min((part + 1u) * g.fan, g.splits); split++) {
    sum += partials[at];
    at += g.partial;
  }
  let row = n / g.output_q;
  let plane = row / g.output_p;
  let image = plane / g.output_o;
  let output = vec3u(plane - image * g.output_o, row - plane * g.output_p, n - row * g.output_q);
  let channel = channel_of(k);
  if (EVERY_CELL || is_cell(channel, output)) {
    let y_at = g.y_start + part * g.sums + channel.at + image * g.y_stride_n
      + output.x * g.y_stride_o + output.y * g.y_stride_p + output.z * g.y_stride_q;
    y[y_at] = Y(epilogue(sum, channel.index, y_at));
  }
}
