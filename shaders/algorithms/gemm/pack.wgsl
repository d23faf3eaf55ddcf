// Packs channels x terms into the matrices that the GEMM reads: row-major, with rows of whole vectors and zeros beyond the edges. A matrix has a
// row for each channel and a column for each term, or with TERMS_ARE_ROWS the other way round. Terms count through the cells of each inner
// channel, or with INNER_FIRST through the inner channels of each cell, of which those from inner_used on are zeros. load comes from load.wgsl.
// slots: load, weights_of
// constants: INNER_FIRST, TERMS_ARE_ROWS
// types: WeightChannels
struct Pack {
  threads: u32,
  row_vectors: u32, rows: u32,
  channels: u32, inner: u32, inner_used: u32, cells_t: u32, cells_r: u32, cells_s: u32,
  from_start: u32, from_batch: u32, from_inner: u32, from_t: u32, from_r: u32, from_s: u32,
  @align(16) w_channels: WeightChannels,
}

@group(0) @binding(0) var<uniform> g: Pack;
@group(0) @binding(3) var<storage, read_write> packed: array<vec4f>;

fn thread(index: u32) {
  let column = (index % g.row_vectors) * 4u;
  let row = (index / g.row_vectors) % g.rows;
  let start = g.from_start + index / g.row_vectors / g.rows * g.from_batch;
  var values: vec4f;
  // @unroll
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = select(row, column + lane, TERMS_ARE_ROWS);
    let term = select(column + lane, row, TERMS_ARE_ROWS);
    values[lane] = load_term(start, channel, term);
  }
  packed[index] = values;
}

fn load_term(start: u32, channel: u32, term: u32) -> f32 {
  let cells = g.cells_t * g.cells_r * g.cells_s;
  let inside = (channel < g.channels) & (term < g.inner * cells);
  let at = select(0u, term, inside);
  let inner = select(at / cells, at % g.inner, INNER_FIRST);
  let cell = select(at % cells, at / g.inner, INNER_FIRST);
  let row = cell / g.cells_s;
  let value = load(start + weights_of(select(0u, channel, inside), g.w_channels) + inner * g.from_inner
    + row / g.cells_r * g.from_t + row % g.cells_r * g.from_r + (cell - row * g.cells_s) * g.from_s);
  return select(0.0, value, inside & (inner < g.inner_used));
}
