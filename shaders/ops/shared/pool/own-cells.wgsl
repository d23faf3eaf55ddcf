// For each window, the position in its plane of the cell that its index names, if it is a cell of the window.
// slots: cell_named, contains, divided, size_of
// constants: CHANNELS_LAST, NO_CELL
// types: Division
@group(0) @binding(3) var<storage, read_write> own: array<u32>;

// Windows in a row of memory that an invocation computes: it divides, which software adapters spend most of the time on, once for all.
const RUN = 8u;

fn thread(index: u32) {
  let first = index * RUN;
  var channel = Division(first, 0u);
  if (CHANNELS_LAST) {
    channel = divided(first, g.input.channels);
  }
  let column = divided(channel.quotient, g.input.width);
  let row = divided(column.quotient, g.input.height);
  let slice = divided(row.quotient, g.input.depth);
  var window = vec3u(slice.rest, row.rest, column.rest);
  var c = channel.rest;
  // The image, or the plane.
  var outer = slice.quotient;
  let size = size_of(g.output);
  for (var i = first; i < min(first + RUN, g.rule.windows); i++) {
    let plane = select(outer, outer * g.input.channels + c, CHANNELS_LAST);
    let cell = cell_named(i, plane);
    // Of a plane before, it wraps.
    let position = cell - plane * size;
    let line = divided(position, g.output.width);
    var layer = Division(0u, line.quotient);
    if (g.output.depth > 1u) {
      layer = divided(line.quotient, g.output.height);
    }
    let is_own = position < size && contains(window, vec3u(layer.quotient, layer.rest, line.rest));
    own[i] = select(NO_CELL, position, is_own);
    if (cell != NO_CELL && !is_own) {
      atomicStore(&heads[0], 1u);
    }
    // Count like digits.
    if (CHANNELS_LAST) {
      c++;
      if (c < g.input.channels) {
        continue;
      }
      c = 0u;
    }
    window.z++;
    if (window.z == g.input.width) {
      window = vec3u(window.x, window.y + 1u, 0u);
      if (window.y == g.input.height) {
        window = vec3u(window.x + 1u, 0u, 0u);
        if (window.x == g.input.depth) {
          window.x = 0u;
          outer++;
        }
      }
    }
  }
}
