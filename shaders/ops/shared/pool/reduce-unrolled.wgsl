// Pooling by windows of few cells, KERNEL_D x KERNEL_H x KERNEL_W, unrolled: an invocation loads the cells of RUN windows along the height,
// whose first rows lie STEP_H rows apart, once and reduces all of these windows. The blocks are windows along the width, and runs of windows
// along the height. CLIPPED: some windows have cells outside the input.
// slots: divided, finish, initial, settled, with_cell
// constants: CHANNELS_LAST, CLIPPED, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, RUN, STEP_H
// types: Division, E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

const ROWS = (RUN - 1u) * STEP_H + KERNEL_H;

fn thread(index: u32) {
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, g.output.channels);
  }
  let pixel = select(1u, g.output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.output.width);
  let run = divided(column.quotient, g.blocks_h);
  let slice = divided(run.quotient, g.output.depth);
  let v = g.regions.windows;
  let window_h = run.rest * RUN;
  // Negative in the padding, which wraps around to more than any size.
  let cell_d = slice.rest * v.stride_d - v.begin_d;
  let cell_h = window_h * v.stride_h - v.begin_h;
  let cell_w = column.rest * v.stride_w - v.begin_w;
  // Offset of the channel's plane or, with channels last, of the sample's volume.
  let plane = slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest;
  var offsets: array<u32, KERNEL_D * ROWS * KERNEL_W>;
  var inside: array<bool, KERNEL_D * ROWS * KERNEL_W>;
  var values: array<V, KERNEL_D * ROWS * KERNEL_W>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    let d = cell_d + t * v.dilation_d;
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = cell_h + j * v.dilation_h;
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row = (d * g.input.height + h) * g.input.width;
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        let w = cell_w + s * v.dilation_w;
        const cell = (t * ROWS + j) * KERNEL_W + s;
        offsets[cell] = (row + w) * pixel;
        inside[cell] = !CLIPPED | (row_inside & (w < g.input.width));
        values[cell] = V(x[plane + select(0u, offsets[cell], inside[cell])]);
      }
    }
  }
  var o = Element(slice.quotient, channel.rest, slice.rest, 0u, column.rest);
  if (!CHANNELS_LAST) {
    let channels = divided(slice.quotient, g.output.channels);
    o.n = channels.quotient;
    o.c = channels.rest;
  }
  let plane_row = slice.quotient * g.output.depth + slice.rest;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    o.h = window_h + r;
    var state = initial(o);
    // @unroll
    for (var t = 0u; t < KERNEL_D * KERNEL_H; t++) {
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        const cell = (t / KERNEL_H * ROWS + r * STEP_H + t % KERNEL_H) * KERNEL_W + s;
        state = with_cell(state, values[cell], offsets[cell], inside[cell]);
      }
    }
    if (EVEN | (o.h < g.output.height)) {
      finish(((plane_row * g.output.height + o.h) * g.output.width + o.w) * pixel + channel.rest, 0u, settled(state, pixel), o);
    }
  }
}
