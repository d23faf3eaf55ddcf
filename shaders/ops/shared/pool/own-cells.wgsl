// Notes whether some index is no cell of its own window, and settles windows (settle). An invocation passes over RUN windows of a row, row_threads
// apart. Everything is stored at the end: behind a store SwiftShader loads uniforms again.
// slots: cell_named, contains, divided, place_of, plane_of, settle, size_of, store_outcome, task_in
// constants: CHANNELS_LAST, RUN
// types: Division, Element, Outcome
fn thread(index: u32) {
  let task = task_in(index, g.input);
  let plane = plane_of(task.o);
  let size = size_of(g.output);
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let row = place_of(task.o, g.input);
  var outcomes: array<Outcome, RUN>;
  var has_stray = false;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let w = task.column + r * g.row_threads;
    let exists = w < g.input.width;
    let place = row + select(task.column, w, exists) * pixel;
    let cell = cell_named(place, plane);
    // Of a plane before, it wraps.
    let position = cell - plane * size;
    let line = divided(position, g.output.width);
    var layer = Division(0u, line.quotient);
    if (g.output.depth > 1u) {
      layer = divided(line.quotient, g.output.height);
    }
    let at = vec3u(layer.quotient, layer.rest, line.rest);
    let o = Element(task.o.n, task.o.c, task.o.d, task.o.h, w);
    let is_own = position < size && contains(vec3u(o.d, o.h, o.w), at);
    has_stray |= exists & !is_own;
    outcomes[r] = settle(o, place, at, cell, exists & is_own);
    outcomes[r].stored &= exists;
  }
  if (has_stray) {
    atomicStore(&heads[0], 1u);
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    if (outcomes[r].stored) {
      store_outcome(outcomes[r]);
    }
  }
}
