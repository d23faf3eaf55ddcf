// The output channels of lib/output-channels with an activation that a uniform chooses, so that convolutions with different ones share a kernel. Each
// computes what the snippet of its own does.

// Known to compilers, so that nothing is left of the question whether an output is a cell.
const EVERY_CELL = true;

struct OutputChannels { stride: u32, activation: u32 }

// A channel of the tensor, and where it starts.
struct Channel { index: u32, at: u32 }

fn channel_of(k: u32) -> Channel {
  return Channel(k, k * g.y_channels.stride);
}

// Whether the output (o, p, q) of a channel is a cell of the tensor.
fn is_cell(channel: Channel, output: vec3u) -> bool {
  return EVERY_CELL;
}

// 0: none, 1: relu, 2: relu6, 3: hard-swish
fn activate(v: f32) -> f32 {
  let chosen = g.y_channels.activation;
  let relu = select(v, 0.0, v < 0.0);
  let relu6 = select(relu, 6.0, v > 6.0);
  let hard_swish = select(select(v * (v + 3.0) / 6.0, 0.0, v <= -3.0), v, v >= 3.0);
  return select(select(select(v, relu, chosen == 1u), relu6, chosen == 2u), hard_swish, chosen == 3u);
}
