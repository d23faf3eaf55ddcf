// Multiplies the workgroup tiles of thread-sums.wgsl, in the element type of T4: adds the products of some vectors of four terms to sums of a thread,
// one vector after the other. The modulo tells compilers that no index is out of bounds, so that they need not clamp it.
// constants: ACROSS, A_ROW, A_VECTOR, DOWN, SIDE_N4, STEP4, TILE_M, TILE_N4
// types: Products, T4
fn add_products(sums: ptr<function, Products>, own: vec2u, vectors: u32) {
  let left_at = own.x % DOWN * A_ROW;
  let right_at = own.y % ACROSS;
  for (var next = 0u; next < vectors; next++) {
    let v = next % STEP4;
    var right: array<T4, 4u * TILE_N4>;
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
fn add_four(sum: T4, left: T4, first: T4, second: T4, third: T4, fourth: T4) -> T4 {
  return fma(T4(left.w), fourth, fma(T4(left.z), third, fma(T4(left.y), second, fma(T4(left.x), first, sum))));
}
