// Sums of the cells of windows times their weights, the sizes of windows constants: an invocation makes RUN windows along the height, whose cells
// it loads once. Of the work, `runs` and `parts` are windows along the width, and runs of them along the height.
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
  let column = divided(channel.quotient, g.runs);
  let row = divided(column.quotient, g.parts);
  let slice = divided(row.quotient, g.output.depth);
  let v = g.axes.windows;
  let window_h = row.rest * RUN;
  // Before 0 in the padding, where they wrap to more than there are.
  let cell_d = slice.rest * STRIDE_D - v.begin_d;
  let cell_h = window_h * STRIDE_H - v.begin_h;
  let cell_w = column.rest * STRIDE_W - v.begin_w;
  // Planes of a channel or, channels last, of a sample.
  let plane = slice.quotient * g.input.depth * g.input.height * g.input.width * pixel + channel.rest;
  let to = slice.quotient * g.output.depth * g.output.height * g.output.width * pixel + channel.rest;
  let along_d = weights_d(slice.rest, g.output.depth);
  var columns: array<u32, KERNEL_W>;
  var column_there: array<bool, KERNEL_W>;
  let along_w = weights_w(column.rest, g.output.width);
  // @unroll
  for (var s = 0u; s < KERNEL_W; s++) {
    let w = cell_w + s;
    columns[s] = w * pixel;
    column_there[s] = w < g.input.width;
  }
  // Of each row of cells of the windows its sum.
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
      let row_there = (d < g.input.depth) & (h < g.input.height);
      let row_place = (d * g.input.height + h) * g.input.width * pixel;
      var sum = V(0.0);
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        let there = row_there & column_there[s];
        let value = V(x[plane + select(0u, row_place + columns[s], there)]);
        sum += along_w[s] * select(V(0.0), value, there);
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
