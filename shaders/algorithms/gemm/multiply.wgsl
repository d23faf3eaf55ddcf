// The inner product of a GEMM's workgroup tiles, in float32: adds the products of some vectors of four terms to the sums of a thread, one vector
// after the other. A lies in workgroup memory row by row, or with ROWS_FIRST vector by vector of terms; B lies term by term. The modulo tells
// compilers that no index is out of bounds, so that they need not clamp it.
// constants: ACROSS, A_ROW, A_VECTOR, DOWN, SIDE_M, SIDE_N4, STEP4, TILE_M, TILE_N4
// types: T4
var<workgroup> tile_a: array<T4, SIDE_M * STEP4>;
var<workgroup> tile_b: array<T4, SIDE_N4 * STEP4 * 4u>;

fn multiply(sums: ptr<function, array<vec4f, TILE_M * TILE_N4>>, row: u32, column: u32, vectors: u32) {
  let left_at = row % DOWN * A_ROW;
  let right_at = column % ACROSS;
  for (var next = 0u; next < vectors; next++) {
    let v = next % STEP4;
    var right: array<vec4f, 4u * TILE_N4>;
    // @unroll
    for (var s = 0u; s < 4u; s++) {
      // @unroll
      for (var j = 0u; j < TILE_N4; j++) {
        right[s * TILE_N4 + j] = tile_b[right_at + (v * 4u + s) * SIDE_N4 + j * ACROSS];
      }
    }
    // @unroll
    for (var i = 0u; i < TILE_M; i++) {
      let left = tile_a[left_at + i * DOWN * A_ROW + v * A_VECTOR];
      // @unroll
      for (var j = 0u; j < TILE_N4; j++) {
        (*sums)[i * TILE_N4 + j] = add_four((*sums)[i * TILE_N4 + j], left, right[j], right[TILE_N4 + j], right[2u * TILE_N4 + j], right[3u * TILE_N4 + j]);
      }
    }
  }
}

// Adds four terms of four columns, in their order.
fn add_four(sum: vec4f, left: vec4f, first: vec4f, second: vec4f, third: vec4f, fourth: vec4f) -> vec4f {
  return fma(vec4f(left.w), fourth, fma(vec4f(left.z), third, fma(vec4f(left.y), second, fma(vec4f(left.x), first, sum))));
}
