// The workgroup tiles of the tiled GEMM, in vectors T4, and the sums of a thread: a TILE_M x 4 TILE_N4 thread tile. The threads of a workgroup form
// a grid of DOWN x ACROSS; the rows of a thread are DOWN apart and its vectors of columns ACROSS apart, so that neighbouring threads read
// neighbouring vectors of workgroup memory and store neighbouring outputs. They are neighbours along the columns of C, or with ROWS_FIRST along
// its rows. A lies in workgroup memory row by row, or with ROWS_FIRST vector by vector of terms; B lies term by term.
// slots: store
// constants: ROWS_FIRST, SIDE_M, SIDE_N4, STEP4, TILE_M, TILE_N4
// types: T4
const ACROSS = SIDE_N4 / TILE_N4;
const DOWN = SIDE_M / TILE_M;

// Distances between the rows of A and between its vectors of terms.
const A_ROW = select(STEP4, 1u, ROWS_FIRST);
const A_VECTOR = select(1u, SIDE_M, ROWS_FIRST);

alias Sums = array<vec4f, TILE_M * TILE_N4>;

var<workgroup> tile_a: array<T4, SIDE_M * STEP4>;
var<workgroup> tile_b: array<T4, SIDE_N4 * STEP4 * 4u>;

// The first row and vector of columns of a thread.
fn part_of(local: u32) -> vec2u {
  return select(vec2u(local / ACROSS, local % ACROSS), vec2u(local % DOWN, local / DOWN), ROWS_FIRST);
}

// Terms past the last of a run are not counted, whatever they are.
fn keep_a(at: u32, cells: vec4f, is_term: bool) {
  tile_a[at] = T4(cells);
}

fn keep_b(at: u32, cells: vec4f, is_term: bool) {
  tile_b[at] = T4(cells);
}

fn store_sums(sums: ptr<function, Sums>, own: vec2u, own_m: u32, own_n: u32, c_tile: u32, channel: u32) {
  // @unroll
  for (var i = 0u; i < TILE_M; i++) {
    if (own_m + i * DOWN < g.size_m) {
      // @unroll
      for (var j = 0u; j < TILE_N4; j++) {
        store((*sums)[i * TILE_N4 + j], own_m + i * DOWN, own_n + j * ACROSS * 4u, c_tile, channel);
      }
    }
  }
}
