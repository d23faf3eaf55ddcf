// Weighted sums of the cells of windows of constant sizes: an invocation loads the cells of RUN windows along the height once and computes
// all of these windows. The blocks are windows along the width, and runs of windows along the height.
// slots: divided, weights_d, weights_h, weights_w
// constants: CHANNELS_LAST, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, RUN, STRIDE_D, STRIDE_H, STRIDE_W
// types: Division, E, V
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

const ROWS = (RUN - 1u) * STRIDE_H + KERNEL_H;

fn thread(index: u32) {
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, g.output.channels);
  }
  let pixel = select(1u, g.output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, g.blocks_w);
  let row = divided(column.quotient, g.blocks_h);
  let slice = divided(row.quotient, g.output.depth);
  let v = g.regions.windows;
  let window_h = row.rest * RUN;
  // Negative in the padding, which wraps around to more than any size.
  let cell_d = slice.rest * STRIDE_D - v.begin_d;
  let cell_h = window_h * STRIDE_H - v.begin_h;
  let cell_w = column.rest * STRIDE_W - v.begin_w;
  // Offsets of the channel's plane or, with channels last, of the sample's volume.
  let plane = slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest;
  let to = slice.quotient * g.output.depth * g.output.height * g.output.width * pixel + channel.rest;
  let along_d = weights_d(slice.rest, g.output.depth);
  var columns: array<u32, KERNEL_W>;
  var column_inside: array<bool, KERNEL_W>;
  let along_w = weights_w(column.rest, g.output.width);
  // @unroll
  for (var s = 0u; s < KERNEL_W; s++) {
    let w = cell_w + s;
    columns[s] = w * pixel;
    column_inside[s] = w < g.input.width;
  }
  // The weighted sum of each row of cells.
  var rows: array<V, ROWS>;
  // @unroll
  for (var j = 0u; j < ROWS; j++) {
    rows[j] = V(0.0);
  }
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    let d = cell_d + t;
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = cell_h + j;
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row_offset = (d * g.input.height + h) * g.input.width * pixel;
      var sum = V(0.0);
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        let inside = row_inside & column_inside[s];
        let value = V(x[plane + select(0u, row_offset + columns[s], inside)]);
        sum += along_w[s] * select(V(0.0), value, inside);
      }
      rows[j] += along_d[t] * sum;
    }
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let along_h = weights_h(window_h + r, g.output.height);
    var sum = V(0.0);
    // @unroll
    for (var t = 0u; t < KERNEL_H; t++) {
      sum += along_h[t] * rows[r * STRIDE_H + t];
    }
    if (EVEN | (window_h + r < g.output.height)) {
      y[to + ((slice.rest * g.output.height + window_h + r) * g.output.width + column.rest) * pixel] = E(sum);
    }
  }
}
