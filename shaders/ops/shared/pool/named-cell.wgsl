// The cells that indices name, in kernels that let an index name any cell. Windows and cells are numbered over their tensors, channels
// first. WHOLE: indices count so too, else over the plane of their channel. An index that names no cell is ignored. The pooled map is the
// input. ALWAYS: the cells keep lists of the windows that chose them, else only if some index is no cell of its own window.
// constants: ALWAYS, CHANNELS_LAST, WHOLE
// types: Element, I, Map
struct Rule {
  // Of the tensors.
  cells: u32, windows: u32, planes: u32,
  // The heads that a kernel clears.
  first: u32, end: u32,
}

@group(0) @binding(1) var<storage, read> indices: array<I>;
// Whether some index is no cell of its own window; then the last entry of each cell's list, or 0: the number of a window and one.
@group(0) @binding(2) var<storage, read_write> heads: array<atomic<u32>>;

const NO_CELL = 0xffffffffu;

fn has_strays() -> bool {
  return atomicLoad(&heads[0]) != 0u;
}

fn needs_lists() -> bool {
  return ALWAYS || has_strays();
}

fn plane_of(o: Element) -> u32 {
  return o.n * g.input.channels + o.c;
}

fn size_of(map: Map) -> u32 {
  return map.depth * map.height * map.width;
}

fn number_of(o: Element, map: Map) -> u32 {
  return ((plane_of(o) * map.depth + o.d) * map.height + o.h) * map.width + o.w;
}

// The place of an element in its tensor.
fn place_of_number(number: u32, map: Map) -> u32 {
  if (!CHANNELS_LAST) {
    return number;
  }
  let size = size_of(map);
  let plane = number / size;
  return (plane / map.channels * size + number % size) * map.channels + plane % map.channels;
}

// The number of the cell that the window of a plane chose.
fn cell_named(index: u32, plane: u32) -> u32 {
  let given = indices[index];
  let at = u32(given);
  let size = size_of(g.output);
  let is_cell = (I(at) == given) & (at < select(size, g.rule.cells, WHOLE));
  return select(NO_CELL, at + select(plane * size, 0u, WHOLE), is_cell);
}
