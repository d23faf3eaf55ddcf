// Pooling by bins of at most KERNEL_D x KERNEL_H x KERNEL_W cells, unrolled: an invocation reduces RUN bins along the height. The blocks are
// bins along the width, and runs of bins along the height. EQUAL: all bins have as many cells.
// slots: cells_of_depth, cells_of_height, cells_of_width, divided, finish, initial, place_of, settled, with_cell
// constants: CHANNELS_LAST, EQUAL, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, RUN
// types: Division, E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let input = g.input;
  let output = g.output;
  var channel = Division(index, 0u);
  if (CHANNELS_LAST) {
    channel = divided(index, output.channels);
  }
  let pixel = select(1u, output.channels, CHANNELS_LAST);
  let column = divided(channel.quotient, output.width);
  let run = divided(column.quotient, g.blocks_h);
  let slice = divided(run.quotient, output.depth);
  var o = Element(slice.quotient, channel.rest, slice.rest, 0u, column.rest);
  if (!CHANNELS_LAST) {
    let channels = divided(slice.quotient, output.channels);
    o.n = channels.quotient;
    o.c = channels.rest;
  }
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), input);
  let from_d = cells_of_depth(o.d);
  let from_w = cells_of_width(o.w);
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    o.h = run.rest * RUN + r;
    let from_h = cells_of_height(min(o.h, output.height - 1u));
    let first = (from_d.first * input.height + from_h.first) * input.width + from_w.first;
    var state = initial(o);
    // @unroll
    for (var t = 0u; t < KERNEL_D; t++) {
      // @unroll
      for (var u = 0u; u < KERNEL_H; u++) {
        let row = first + (t * input.height + u) * input.width;
        let row_inside = EQUAL | ((t < from_d.count) & (u < from_h.count));
        // @unroll
        for (var s = 0u; s < KERNEL_W; s++) {
          let inside = EQUAL | (row_inside & (s < from_w.count));
          let cell = select(first, row + s, inside) * pixel;
          state = with_cell(state, V(x[plane + cell]), cell, inside);
        }
      }
    }
    if (EVEN | (o.h < output.height)) {
      finish(place_of(o, output), 0u, settled(state, pixel), o);
    }
  }
}
