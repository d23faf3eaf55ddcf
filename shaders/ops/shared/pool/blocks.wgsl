// Blocks of cells by the windows around them, where the sizes of windows are constants. A block has as many cells as a window moves on, STRIDE_D x
// STRIDE_H x STRIDE_W, which belong to the same AROUND_D x AROUND_H x AROUND_W windows at most; an invocation has RUN of them along the height. The
// pooled map is the input. Of the work, `runs`, `parts` and `kept` are blocks along the width, runs of them along the height, and blocks along
// the depth. FIRST_D, FIRST_H and FIRST_W are the window of the very first one.
// slots: divided
// constants: AROUND_H, CHANNELS_LAST, FIRST_D, FIRST_H, FIRST_W, RUN, STRIDE_D, STRIDE_H, STRIDE_W
// types: Division

// Rows of windows around the blocks of an invocation.
const ROWS = AROUND_H + RUN - 1u;

struct Blocks {
  // The last window around the first block, which begins with it, and its first cell, before 0 in the padding.
  window: vec3u,
  cell: vec3u,
  // Where the plane of the channel or, channels last, the volume of the sample lies in the pooled map and in the other one, and from one pixel to
  // the next.
  plane: u32,
  to: u32,
  pixel: u32,
}

fn block_at(index: u32) -> Blocks {
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, g.output.channels);
  }
  let pixel = select(1u, g.output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.runs);
  let row = divided(column.quotient, g.parts);
  let slice = divided(row.quotient, g.kept);
  let v = g.axes.windows;
  let begin = vec3u(v.begin_d, v.begin_h, v.begin_w);
  let stride = vec3u(STRIDE_D, STRIDE_H, STRIDE_W);
  let window = vec3u(slice.rest + FIRST_D, row.rest * RUN + FIRST_H, column.rest + FIRST_W);
  return Blocks(
    window,
    window * stride - begin,
    slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest,
    slice.quotient * g.output.depth * g.output.height * g.output.width * pixel + channel.rest,
    pixel,
  );
}
