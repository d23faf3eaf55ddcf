// Pooling by windows of few cells, KERNEL_D x KERNEL_H x KERNEL_W, unrolled: an invocation reduces every row_threads-th window of a row.
// CLIPPED: some windows have cells outside the input.
// slots: finish, initial, place_of, settled, task_of, with_cell
// constants: CHANNELS_LAST, CLIPPED, KERNEL_D, KERNEL_H, KERNEL_W
// types: E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn thread(index: u32) {
  let task = task_of(index);
  var o = task.o;
  let v = g.regions.windows;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  // Negative in the padding, which wraps around to more than any size.
  let d0 = o.d * v.stride_d - v.begin_d;
  let h0 = o.h * v.stride_h - v.begin_h;
  var to = place_of(Element(o.n, o.c, o.d, o.h, task.column), g.output);
  // Offsets of the rows of cells, the same for all windows of the row.
  var rows: array<u32, KERNEL_D * KERNEL_H>;
  var row_inside: array<bool, KERNEL_D * KERNEL_H>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    let d = d0 + t * v.dilation_d;
    // @unroll
    for (var r = 0u; r < KERNEL_H; r++) {
      let h = h0 + r * v.dilation_h;
      rows[t * KERNEL_H + r] = (d * g.input.height + h) * g.input.width * pixel;
      row_inside[t * KERNEL_H + r] = d < g.input.depth && h < g.input.height;
    }
  }
  let step = v.dilation_w * pixel;
  for (o.w = task.column; o.w < g.output.width; o.w += g.row_threads) {
    let w0 = o.w * v.stride_w - v.begin_w;
    var cells: array<u32, KERNEL_W>;
    var inside: array<bool, KERNEL_W>;
    // @unroll
    for (var s = 0u; s < KERNEL_W; s++) {
      cells[s] = w0 * pixel + s * step;
      inside[s] = w0 + s * v.dilation_w < g.input.width;
    }
    var state = initial(o);
    // @unroll
    for (var r = 0u; r < KERNEL_D * KERNEL_H; r++) {
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        let is_inside = !CLIPPED || (row_inside[r] && inside[s]);
        let offset = rows[r] + cells[s];
        let value = V(x[select(0u, plane + offset, is_inside)]);
        state = with_cell(state, value, offset, is_inside);
      }
    }
    finish(to, 0u, settled(state, pixel), o);
    to += g.row_threads * pixel;
  }
}
