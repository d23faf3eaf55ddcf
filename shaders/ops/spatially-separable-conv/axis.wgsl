// One axis of a feature map, whatever its layout: [outer, cells, inner], the numbers of `inner` next to each other. V is what an invocation
// computes with: one number, or where LANES is 4 four of `inner`. The kernel is one for all channels, or one for each.
// constants: FLIPPED
struct Axis {
  elements: u32,
  input: u32, output: u32, inner: u32,
  kernel: u32, stride: u32, dilation: u32, begin: u32, end: u32,
  channels: u32, channel_outer: u32,
  w_channel: u32, w_tap: u32,
}

// Where the numbers of a channel's kernel begin, of the element at [outer, ., inner]. Channels lie behind `channel_outer` outer places, or are
// innermost where that is 0.
fn kernel_start(outer: u32, inner: u32, a: Axis) -> u32 {
  let channel = select(outer / max(a.channel_outer, 1u), inner, a.channel_outer == 0u) % a.channels;
  return channel * a.w_channel;
}

fn tap_place(tap: u32, a: Axis) -> u32 {
  return select(tap, a.kernel - 1u - tap, FLIPPED) * a.w_tap;
}
