// The uniforms of every pooling kernel, and which outputs an invocation of a kernel by rows computes. Maps count their channels in vectors
// V. Regions defines which cells belong to an output (or which outputs a cell belongs to), Rule the result computed from them.
// slots: divided
// constants: CHANNELS_LAST
// types: Element, Map, Regions, Rule
struct Pool {
  input: Map,
  output: Map,
  threads: u32,
  // Kernels by rows: invocations of each row, which take its outputs in turn; invocations that split the cells of an output; and the
  // partial results of all outputs.
  row_threads: u32,
  splits: u32,
  partials: u32,
  // Kernels by blocks: invocations along each axis.
  blocks_d: u32, blocks_h: u32, blocks_w: u32,
  @align(16) regions: Regions,
  @align(16) rule: Rule,
}

@group(0) @binding(0) var<uniform> g: Pool;

// A row of a map, the first column that the invocation computes, and its split of the cells.
struct Task { o: Element, column: u32, split: u32 }

fn task_of(index: u32) -> Task {
  return task_in(index, g.output);
}

fn task_in(index: u32, map: Map) -> Task {
  var o: Element;
  var rest = index;
  if (CHANNELS_LAST) {
    let channel = divided(rest, map.channels);
    o.c = channel.rest;
    rest = channel.quotient;
  }
  let split = divided(rest, g.splits);
  let column = divided(split.quotient, g.row_threads);
  let row = divided(column.quotient, map.height);
  let slice = divided(row.quotient, map.depth);
  o.h = row.rest;
  o.d = slice.rest;
  o.n = slice.quotient;
  if (!CHANNELS_LAST) {
    let channel = divided(o.n, map.channels);
    o.c = channel.rest;
    o.n = channel.quotient;
  }
  return Task(o, column.rest, split.rest);
}
