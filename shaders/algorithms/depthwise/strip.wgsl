// Which strip of outputs of a channel a thread computes. Neighbouring threads run along the contiguous axis.
// constants: CHANNELS_LAST
struct Strip { n: u32, channel: u32, strip: u32, column: u32 }

fn strip_of(invocation: u32, channels: u32, columns: u32, strips: u32) -> Strip {
  var index = invocation;
  var found: Strip;
  if (CHANNELS_LAST) {
    found.channel = index % channels;
    index /= channels;
  }
  found.column = index % columns;
  index /= columns;
  found.strip = index % strips;
  index /= strips;
  if (!CHANNELS_LAST) {
    found.channel = index % channels;
    index /= channels;
  }
  found.n = index;
  return found;
}
