// The gradient of pooling: an invocation computes every row_threads-th cell of a row, from the windows or bins that contain it. The pooled
// map is the input.
// slots: around_depth, around_height, around_width, has_cell, load_window, place_of, task_of, with_loaded, write
// constants: CHANNELS_LAST
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
  let rows = (along_d.end - along_d.begin) * (along_h.end - along_h.begin);
  for (var w = task.column; w < g.output.width; w += g.row_threads) {
    let cell = vec3u(o.d, o.h, w);
    let along_w = around_width(w);
    let count = rows * (along_w.end - along_w.begin);
    // One loop that counts like digits: nested loops take several times as long on software adapters.
    var window = vec3u(along_d.begin, along_h.begin, along_w.begin);
    var state = V(0.0);
    for (var i = 0u; i < count; i++) {
      let pooled = plane + ((window.x * g.input.height + window.y) * g.input.width + window.z) * pixel;
      state = with_loaded(state, load_window(pooled, window, has_cell(window, cell)), row + w);
      window.z++;
      let next_row = window.z == along_w.end;
      window.z = select(window.z, along_w.begin, next_row);
      window.y += u32(next_row);
      let next_slice = window.y == along_h.end;
      window.y = select(window.y, along_h.begin, next_slice);
      window.x += u32(next_slice);
    }
    write(to + (row + w) * pixel, state);
  }
}
