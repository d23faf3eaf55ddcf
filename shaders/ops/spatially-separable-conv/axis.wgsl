// One axis of a feature map in either layout: [outer, cells, inner], `inner` contiguous. V is the type in arithmetic: one element, or four
// of `inner`. All channels share one kernel, or each has its own.
// constants: FLIPPED
struct Axis {
  input: u32, output: u32, inner: u32,
  kernel: u32, stride: u32, dilation: u32, begin: i32, end: i32,
  channels: u32, channel_outer: u32,
  w_channel: u32, w_tap: u32,
}

// The start of the kernel for the element at [outer, ., inner]. Each channel has `channel_outer` values of `outer`; 0 if channels are
// innermost.
fn kernel_start(outer: u32, inner: u32, a: Axis) -> u32 {
  let channel = select(outer / max(a.channel_outer, 1u), inner, a.channel_outer == 0u) % a.channels;
  return channel * a.w_channel;
}

fn tap_offset(tap: u32, a: Axis) -> u32 {
  return select(tap, a.kernel - 1u - tap, FLIPPED) * a.w_tap;
}
