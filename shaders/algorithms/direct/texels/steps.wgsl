// Takes the taps of texels.wgsl in g.steps steps of the sum: row by row, channel by channel.
// slots: accumulate
// constants: COLUMNS, ROWS
// types: Sums, Tile
fn sum_up(sums: ptr<function, Sums>, tile: Tile, x_channel: u32) {
  var channel = x_channel;
  var row = 0u;
  for (var step = 0u; step < g.steps; step++) {
    accumulate(sums, tile, channel, row, step * ROWS * COLUMNS);
    row += ROWS;
    let channel_done = row == g.kernel_r;
    row = select(row, 0u, channel_done);
    channel += select(0u, g.x_stride_c, channel_done);
  }
}
