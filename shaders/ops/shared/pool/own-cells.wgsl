// For each window, the position in its plane of the cell that its index names, if it is a cell of the window.
// slots: around_depth, around_height, around_width, cell_named, divided, element_at, has_cell, plane_of, size_of
// constants: NO_CELL
@group(0) @binding(3) var<storage, read_write> own: array<u32>;

fn thread(index: u32) {
  let o = element_at(index, g.input);
  let plane = plane_of(o);
  let cell = cell_named(index, plane);
  let size = size_of(g.output);
  // Of a plane before, it wraps.
  let position = cell - plane * size;
  let row = divided(position, g.output.width);
  let slice = divided(row.quotient, g.output.height);
  let at = vec3u(slice.quotient, slice.rest, row.rest);
  let along_d = around_depth(at.x);
  let along_h = around_height(at.y);
  let along_w = around_width(at.z);
  let window = vec3u(o.d, o.h, o.w);
  let spanned = all(window >= vec3u(along_d.begin, along_h.begin, along_w.begin))
    && all(window < vec3u(along_d.end, along_h.end, along_w.end));
  let is_own = position < size && spanned && has_cell(window, at);
  own[index] = select(NO_CELL, position, is_own);
  if (cell != NO_CELL && !is_own) {
    atomicStore(&heads[0], 1u);
  }
}
