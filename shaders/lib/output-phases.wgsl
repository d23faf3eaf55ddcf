// The output channels of a gradient whose phases are channels (src/problem/gradients.ts): output o of phase t is the cell first + o CELL_STRIDE + t PHASE_STEP along each axis; some lie outside the tensor.
// `first` may be below 0: it wraps round, as a cell below 0 does, which is then past the last.
// EDGE_*: some outputs lie outside along an axis.
// slots: phase_of
// constants: CELL_STRIDE_D, CELL_STRIDE_H, CELL_STRIDE_W, EDGE_D, EDGE_H, EDGE_W, PHASES_D, PHASES_H, PHASES_W, PHASE_STEP_D, PHASE_STEP_H, PHASE_STEP_W

const EVERY_CELL = false;

struct OutputChannels {
  stride: u32,
  first_d: u32, first_h: u32, first_w: u32,
  cells_d: u32, cells_h: u32, cells_w: u32,
  // Strides from a phase to the next.
  phase_d: u32, phase_h: u32, phase_w: u32,
}

// A channel of the tensor, and where its phase starts.
struct Channel { index: u32, at: u32, first: vec3u }

fn channel_of(k: u32) -> Channel {
  let own = g.y_channels;
  let index = k / (PHASES_D * PHASES_H * PHASES_W);
  let phase = phase_of(k);
  return Channel(
    index,
    index * own.stride + phase.x * own.phase_d + phase.y * own.phase_h + phase.z * own.phase_w,
    vec3u(own.first_d, own.first_h, own.first_w) + phase * vec3u(PHASE_STEP_D, PHASE_STEP_H, PHASE_STEP_W),
  );
}

// Whether the output (o, p, q) of a channel is a cell of the tensor.
fn is_cell(channel: Channel, output: vec3u) -> bool {
  let inside_d = select(true, channel.first.x + output.x * CELL_STRIDE_D < g.y_channels.cells_d, EDGE_D);
  let inside_h = select(true, channel.first.y + output.y * CELL_STRIDE_H < g.y_channels.cells_h, EDGE_H);
  let inside_w = select(true, channel.first.z + output.z * CELL_STRIDE_W < g.y_channels.cells_w, EDGE_W);
  return inside_d & inside_h & inside_w;
}
