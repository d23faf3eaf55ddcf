// The inner product of the tiled GEMM by subgroup matrices, of the draft feature chromium-experimental-subgroup-matrix: a subgroup multiplies matrices
// of MATRIX_M x MATRIX_K and MATRIX_K x MATRIX_N numbers T that it loads from workgroup memory, and holds their sums, which are float32, among its
// LANES invocations. The subgroups of a workgroup form a grid of DOWN x ACROSS.
//
// A lies in workgroup memory row by row, or with ROWS_FIRST term by term; B lies term by term. Numbers of terms past the last are zeros.
// slots: store
// constants: ACROSS, DOWN, LANES, MATRIX_K, MATRIX_M, MATRIX_N, ROWS_FIRST, SIDE_M, SIDE_N4, STEP4
// types: T
enable chromium_experimental_subgroup_matrix;
// Subgroups are LANES neighbouring invocations, which compilers cannot tell from the index of one.
diagnostic(off, chromium.subgroup_matrix_uniformity);
const SIDE_N = SIDE_N4 * 4u;
const STEP = STEP4 * 4u;

// Rows and columns of a subgroup, and its matrices along them.
const ROWS = SIDE_M / DOWN;
const COLUMNS = SIDE_N / ACROSS;
const MATRICES_M = ROWS / MATRIX_M;
const MATRICES_N = COLUMNS / MATRIX_N;

alias Left = subgroup_matrix_left<T, MATRIX_K, MATRIX_M>;
alias Right = subgroup_matrix_right<T, MATRIX_N, MATRIX_K>;
alias Sums = array<subgroup_matrix_result<f32, MATRIX_N, MATRIX_M>, MATRICES_M * MATRICES_N>;

var<workgroup> tile_a: array<T, SIDE_M * STEP>;
var<workgroup> tile_b: array<T, STEP * SIDE_N>;

// A row of matrices of each subgroup, on its way to C.
var<workgroup> results: array<f32, DOWN * ACROSS * MATRIX_M * COLUMNS>;

// The first row and vector of columns of a subgroup, the place of its row in `results`, and the invocation's index in it.
fn part_of(local: u32) -> vec4u {
  let subgroup = local / LANES;
  return vec4u(subgroup / ACROSS * ROWS, subgroup % ACROSS * (COLUMNS / 4u), subgroup * MATRIX_M * COLUMNS, local % LANES);
}

fn keep_a(at: u32, cells: vec4f, is_term: bool) {
  let row = select(at / STEP4, at % SIDE_M, ROWS_FIRST);
  let v = select(at % STEP4, at / SIDE_M, ROWS_FIRST);
  // @unroll
  for (var s = 0u; s < 4u; s++) {
    tile_a[select(row * STEP + v * 4u + s, (v * 4u + s) * SIDE_M + row, ROWS_FIRST)] = T(select(0.0, cells[s], is_term));
  }
}

fn keep_b(at: u32, cells: vec4f, is_term: bool) {
  // @unroll
  for (var s = 0u; s < 4u; s++) {
    tile_b[at * 4u + s] = T(select(0.0, cells[s], is_term));
  }
}

fn multiply(sums: ptr<function, Sums>, own: vec4u, vectors: u32) {
  for (var k = 0u; k < STEP; k += MATRIX_K) {
    var right: array<Right, MATRICES_N>;
    // @unroll
    for (var j = 0u; j < MATRICES_N; j++) {
      right[j] = subgroupMatrixLoad<Right, row_major>(&tile_b, k * SIDE_N + own.y * 4u + j * MATRIX_N, SIDE_N);
    }
    // @unroll
    for (var i = 0u; i < MATRICES_M; i++) {
      var left: Left;
      if (ROWS_FIRST) {
        left = subgroupMatrixLoad<Left, col_major>(&tile_a, k * SIDE_M + own.x + i * MATRIX_M, SIDE_M);
      } else {
        left = subgroupMatrixLoad<Left, row_major>(&tile_a, (own.x + i * MATRIX_M) * STEP + k, STEP);
      }
      // @unroll
      for (var j = 0u; j < MATRICES_N; j++) {
        (*sums)[i * MATRICES_N + j] = subgroupMatrixMultiplyAccumulate(left, right[j], (*sums)[i * MATRICES_N + j]);
      }
    }
  }
}

// Which invocation holds which sum is not specified: they go through workgroup memory, a row of matrices a round.
fn store_sums(sums: ptr<function, Sums>, own: vec4u, own_m: u32, own_n: u32, c_tile: u32, channel: u32) {
  for (var round = 0u; round < MATRICES_M; round++) {
    // @unroll
    for (var i = 0u; i < MATRICES_M; i++) {
      if (i == round) {
        // @unroll
        for (var j = 0u; j < MATRICES_N; j++) {
          subgroupMatrixStore<row_major>(&results, own.z + j * MATRIX_N, (*sums)[i * MATRICES_N + j], COLUMNS);
        }
      }
    }
    workgroupBarrier();
    for (var four = own.w; four < MATRIX_M * COLUMNS / 4u; four += LANES) {
      let row = select(four / (COLUMNS / 4u), four % MATRIX_M, ROWS_FIRST);
      let column = 4u * select(four % (COLUMNS / 4u), four / MATRIX_M, ROWS_FIRST);
      let at = own.z + row * COLUMNS + column;
      let m = own_m + round * MATRIX_M + row;
      if (m < g.size_m) {
        store(vec4f(results[at], results[at + 1u], results[at + 2u], results[at + 3u]), m, own_n + column, c_tile, channel);
      }
    }
    workgroupBarrier();
  }
}
