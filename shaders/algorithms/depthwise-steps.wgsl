// Takes the kernel of a depthwise convolution in several steps of the sum. A single loop runs over input channels (a convolution has one, a
// gradient several), kernel slices, chunks of kernel rows and chunks of kernel columns: nested loops would carry every sum from one level to the
// next, for which some compilers copy the tile.
// slots: accumulate
// constants: COLUMNS, KERNEL_R, KERNEL_S, KERNEL_T, ROWS
// types: Sums, Taps, Tile
fn sum_up(sums: ptr<function, Sums>, tile: ptr<function, Tile>) {
  var at = Taps(0u, 0u, 0u, 0u);
  for (var step = 0u; step < g.steps; step++) {
    accumulate(sums, tile, at);
    at.column += COLUMNS;
    let row_done = at.column >= KERNEL_S;
    at.column = select(at.column, 0u, row_done);
    at.row = select(at.row, at.row + ROWS, row_done);
    let slice_done = at.row == KERNEL_R;
    at.row = select(at.row, 0u, slice_done);
    at.slice = select(at.slice, at.slice + 1u, slice_done);
    let channel_done = at.slice == KERNEL_T;
    at.slice = select(at.slice, 0u, channel_done);
    (*tile).x_channel += select(0u, g.x_stride_c, channel_done);
    at.weights += select(0u, g.w_stride_c, channel_done);
  }
}
