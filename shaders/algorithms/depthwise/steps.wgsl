// Takes the kernel of a depthwise convolution in several steps of the sum, or a share of them: every g.stride-th of up to g.reach steps, from the
// split's first on. A step is a number with four digits: an input channel (a convolution has one, a gradient several), a kernel slice, a chunk of
// kernel rows and a chunk of kernel columns. A single loop adds g.stride to it digit by digit: nested loops would carry every sum from one level
// to the next, for which some compilers copy the tile.
// slots: accumulate
// constants: COLUMNS, ROWS
// types: Sums, Taps, Tile
fn sum_up(sums: ptr<function, Sums>, tile: ptr<function, Tile>) {
  let first = (*tile).split * g.share;
  let end = min(first + g.reach, g.steps);
  var column = first % g.column_chunks;
  var row = first / g.column_chunks;
  var slice = row / g.row_chunks;
  row %= g.row_chunks;
  var channel = slice / g.slices;
  slice %= g.slices;
  for (var step = first; step < end; step += g.stride) {
    accumulate(sums, tile, Taps(channel, slice, row * ROWS, column * COLUMNS));
    column += g.next_column;
    let row_done = column >= g.column_chunks;
    column -= select(0u, g.column_chunks, row_done);
    row += g.next_row + select(0u, 1u, row_done);
    let slice_done = row >= g.row_chunks;
    row -= select(0u, g.row_chunks, slice_done);
    slice += g.next_slice + select(0u, 1u, slice_done);
    let channel_done = slice >= g.slices;
    slice -= select(0u, g.slices, channel_done);
    channel += g.next_channel + select(0u, 1u, channel_done);
  }
}
