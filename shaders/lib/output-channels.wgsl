// The output channels of a correlation, counted through all groups: each is a channel of the tensor and has all outputs.

// Known to compilers, so that nothing is left of the question whether an output is a cell.
const EVERY_CELL = true;

struct OutputChannels { stride: u32 }

// A channel of the tensor, and where it starts.
struct Channel { index: u32, at: u32 }

fn channel_of(k: u32) -> Channel {
  return Channel(k, k * g.y_channels.stride);
}

// Whether the output (o, p, q) of a channel is a cell of the tensor.
fn is_cell(channel: Channel, output: vec3u) -> bool {
  return EVERY_CELL;
}
