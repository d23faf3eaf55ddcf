// Pooling by bins of at most KERNEL_D x KERNEL_H x KERNEL_W cells, unrolled. EQUAL: all bins have as many.
// slots: cells_of_depth, cells_of_height, cells_of_width, finish, initial, place_of, settled, task_of, with_cell
// constants: CHANNELS_LAST, EQUAL, KERNEL_D, KERNEL_H, KERNEL_W
// types: E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn thread(index: u32) {
  let task = task_of(index);
  var o = task.o;
  o.w = task.column;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let from_d = cells_of_depth(o.d);
  let from_h = cells_of_height(o.h);
  let from_w = cells_of_width(o.w);
  let first = (from_d.first * g.input.height + from_h.first) * g.input.width + from_w.first;
  var state = initial(o);
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    // @unroll
    for (var u = 0u; u < KERNEL_H; u++) {
      let row = first + (t * g.input.height + u) * g.input.width;
      let row_inside = EQUAL | ((t < from_d.count) & (u < from_h.count));
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        let inside = EQUAL | (row_inside & (s < from_w.count));
        let cell = select(first, row + s, inside) * pixel;
        state = with_cell(state, V(x[plane + cell]), cell, inside);
      }
    }
  }
  finish(place_of(o, g.output), 0u, settled(state, pixel), o);
}
