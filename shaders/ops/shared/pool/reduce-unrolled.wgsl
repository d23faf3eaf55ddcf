// Pooling by windows of few cells, KERNEL_D x KERNEL_H x KERNEL_W, unrolled: an invocation loads the cells of a tile of RUN_H x RUN_W
// windows, whose first cells lie STEP_H rows and STEP_W columns apart, once and reduces all of these windows. CLIPPED: some windows have
// cells outside the input.
// slots: divided, finish, initial, settled, with_cell
// constants: CHANNELS_LAST, CLIPPED, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, RUN_H, RUN_W, STEP_H, STEP_W
// types: Division, E, Element, State, V
@group(0) @binding(1) var<storage, read> x: array<E>;

const ROWS = (RUN_H - 1u) * STEP_H + KERNEL_H;
const COLUMNS = (RUN_W - 1u) * STEP_W + KERNEL_W;

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let output = g.output;
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, output.channels);
  }
  let pixel = select(1u, output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.blocks_w);
  let run = divided(column.quotient, g.blocks_h);
  let slice = divided(run.quotient, output.depth);
  let v = g.regions.windows;
  let window_h = run.rest * RUN_H;
  let window_w = column.rest * RUN_W;
  // Negative in the padding, which wraps around to more than any size.
  let cell_d = slice.rest * v.stride_d - v.begin_d;
  let cell_h = window_h * v.stride_h - v.begin_h;
  let cell_w = window_w * v.stride_w - v.begin_w;
  // Offset of the channel's plane or, with channels last, of the sample's volume.
  let plane = slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest;
  var offsets: array<u32, KERNEL_D * ROWS * COLUMNS>;
  var inside: array<bool, KERNEL_D * ROWS * COLUMNS>;
  var values: array<V, KERNEL_D * ROWS * COLUMNS>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    let d = cell_d + t * v.dilation_d;
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = cell_h + j * v.dilation_h;
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row = (d * g.input.height + h) * g.input.width;
      // @unroll
      for (var s = 0u; s < COLUMNS; s++) {
        let w = cell_w + s * v.dilation_w;
        const cell = (t * ROWS + j) * COLUMNS + s;
        offsets[cell] = (row + w) * pixel;
        inside[cell] = !CLIPPED | (row_inside & (w < g.input.width));
        values[cell] = V(x[plane + select(0u, offsets[cell], inside[cell])]);
      }
    }
  }
  var o = Element(slice.quotient, channel.rest, slice.rest, 0u, 0u);
  if (!CHANNELS_LAST) {
    let channels = divided(slice.quotient, output.channels);
    o.n = channels.quotient;
    o.c = channels.rest;
  }
  let plane_row = slice.quotient * output.depth + slice.rest;
  var states: array<State, RUN_H * RUN_W>;
  // @unroll
  for (var r = 0u; r < RUN_H; r++) {
    // @unroll
    for (var q = 0u; q < RUN_W; q++) {
      var state = initial(o);
      // @unroll
      for (var t = 0u; t < KERNEL_D * KERNEL_H; t++) {
        // @unroll
        for (var s = 0u; s < KERNEL_W; s++) {
          const cell = (t / KERNEL_H * ROWS + r * STEP_H + t % KERNEL_H) * COLUMNS + q * STEP_W + s;
          state = with_cell(state, values[cell], offsets[cell], inside[cell]);
        }
      }
      states[r * RUN_W + q] = settled(state, pixel);
    }
  }
  // @unroll
  for (var r = 0u; r < RUN_H; r++) {
    o.h = window_h + r;
    // @unroll
    for (var q = 0u; q < RUN_W; q++) {
      o.w = window_w + q;
      if (EVEN | ((o.h < output.height) & (o.w < output.width))) {
        finish(((plane_row * output.height + o.h) * output.width + o.w) * pixel + channel.rest, 0u, states[r * RUN_W + q], o);
      }
    }
  }
}
