// Notes whether some index is no cell of its own window. An invocation passes over every row_threads-th window of a row.
// slots: cell_named, contains, divided, place_of, plane_of, settle, size_of, task_in
// constants: CHANNELS_LAST
// types: Division
fn thread(index: u32) {
  let task = task_in(index, g.input);
  var o = task.o;
  let plane = plane_of(o);
  let size = size_of(g.output);
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let row = place_of(o, g.input);
  for (o.w = task.column; o.w < g.input.width; o.w += g.row_threads) {
    let place = row + o.w * pixel;
    let cell = cell_named(place, plane);
    // Of a plane before, it wraps.
    let position = cell - plane * size;
    let line = divided(position, g.output.width);
    var layer = Division(0u, line.quotient);
    if (g.output.depth > 1u) {
      layer = divided(line.quotient, g.output.height);
    }
    let at = vec3u(layer.quotient, layer.rest, line.rest);
    let is_own = position < size && contains(vec3u(o.d, o.h, o.w), at);
    if (!is_own) {
      atomicStore(&heads[0], 1u);
    }
    settle(o, place, at, cell, is_own);
  }
}
