// The gradient of pooling by bins, at most AROUND_D x AROUND_H x AROUND_W of which contain a cell, unrolled. The pooled map is the input.
// slots: around_depth, around_height, around_width, load_window, place_of, task_of, with_loaded, write
// constants: AROUND_D, AROUND_H, AROUND_W, CHANNELS_LAST
// types: Element, V

fn thread(index: u32) {
  let task = task_of(index);
  let o = task.o;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let row = (o.d * g.output.height + o.h) * g.output.width;
  let to = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.output);
  let along_d = around_depth(o.d);
  let along_h = around_height(o.h);
  let first_row = (along_d.begin * g.input.height + along_h.begin) * g.input.width;
  for (var w = task.column; w < g.output.width; w += g.row_threads) {
    let along_w = around_width(w);
    let first = first_row + along_w.begin;
    var state = V(0.0);
    // @unroll
    for (var i = 0u; i < AROUND_D * AROUND_H; i++) {
      let d = i / AROUND_H;
      let h = i % AROUND_H;
      let row_inside = (along_d.begin + d < along_d.end) & (along_h.begin + h < along_h.end);
      let offset = (d * g.input.height + h) * g.input.width;
      // @unroll
      for (var k = 0u; k < AROUND_W; k++) {
        let inside = row_inside & (along_w.begin + k < along_w.end);
        let at = plane + select(first, first + offset + k, inside) * pixel;
        let window = load_window(at, vec3u(along_d.begin + d, along_h.begin + h, along_w.begin + k), true);
        state = select(state, with_loaded(state, window, row + w), inside);
      }
    }
    write(to + (row + w) * pixel, state);
  }
}
