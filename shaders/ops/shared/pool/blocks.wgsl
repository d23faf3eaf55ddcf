// The division of cells into blocks by the windows around them, for constant window sizes. A block has as many cells as the stride,
// STRIDE_D x STRIDE_H x STRIDE_W, which all lie in the same AROUND_D x AROUND_H x AROUND_W windows at most; an invocation computes
// a tile of RUN_H x RUN_W blocks. The pooled map is the input. FIRST_D, FIRST_H and FIRST_W are the last window of the first block.
// slots: divided
// constants: AROUND_H, AROUND_W, CHANNELS_LAST, FIRST_D, FIRST_H, FIRST_W, RUN_H, RUN_W, STRIDE_D, STRIDE_H, STRIDE_W
// types: Division

// Rows and columns of windows that contain cells of the tile.
const ROWS = AROUND_H + RUN_H - 1u;
const COLUMNS = AROUND_W + RUN_W - 1u;

struct Blocks {
  // The last window that contains the first block of the tile, and the first cell of that block: negative, which wraps, in the padding.
  window: vec3u,
  cell: vec3u,
  // Offsets of the channel's plane or, with channels last, of the image's volume: in the pooled map and in the map of the cells.
  plane: u32,
  to: u32,
  // Distance between neighbouring cells.
  pixel: u32,
}

fn block_at(index: u32) -> Blocks {
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, g.output.channels);
  }
  let pixel = select(1u, g.output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.blocks_w);
  let row = divided(column.quotient, g.blocks_h);
  let slice = divided(row.quotient, g.blocks_d);
  let v = g.regions.windows;
  let begin = vec3u(v.begin_d, v.begin_h, v.begin_w);
  let stride = vec3u(STRIDE_D, STRIDE_H, STRIDE_W);
  let window = vec3u(slice.rest + FIRST_D, row.rest * RUN_H + FIRST_H, column.rest * RUN_W + FIRST_W);
  return Blocks(
    window,
    window * stride - begin,
    slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest,
    slice.quotient * g.output.depth * g.output.height * g.output.width * pixel + channel.rest,
    pixel,
  );
}
