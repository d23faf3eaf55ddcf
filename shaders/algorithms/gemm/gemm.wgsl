// Batched GEMM: C[m, n] = epilogue(sum over k of A[m, k] B[k, n]), all matrices row-major. Each thread computes a TILE_M x 4 TILE_N4 tile of C
// directly from storage: it loads rows of A in vectors along k and rows of B in vectors along n, so that a K-step of four costs
// TILE_M + 4 TILE_N4 loads for 16 TILE_M TILE_N4 multiply-adds. K is a multiple of 4 (the packing steps pad with zeros).
// The matrix-* snippets define the layouts of A, B and C: row_of_a, load_a, columns_of_b, load_b, store. A batch index is
// outer * inner_count + inner, for images and groups. With QUADS four neighbouring threads compute different rows of the same columns: each loads
// every fourth row of B, and they exchange them.
// slots: broadcast_first, broadcast_fourth, broadcast_second, broadcast_third, columns_of_b, load_a, load_b, row_of_a, store_tile
// constants: QUADS, TILE_M, TILE_N4
// types: ColumnsAt, Sums
fn thread(invocation: u32) {
  var index = invocation;
  // Neighbouring threads compute the same rows: they read the same A and neighbouring B. With QUADS it is the other way round, and the tiles along
  // the rows are a whole number of quads.
  let tiles = select(vec2u(g.tiles_n, g.tiles_m), vec2u(g.tiles_m, g.tiles_n), QUADS);
  let inner_tile = index % tiles.x;
  index /= tiles.x;
  let outer_tile = index % tiles.y;
  index /= tiles.y;
  let n0 = select(inner_tile, outer_tile, QUADS) * TILE_N4;
  let m0 = select(outer_tile, inner_tile, QUADS) * TILE_M;
  let inner = index % g.inner_count;
  let outer = index / g.inner_count;

  // Rows and columns past the end read the last one and are not stored.
  let a_start = outer * g.a.outer + inner * g.a.inner;
  let b_start = outer * g.b.outer + inner * g.b.inner;
  var a_at: array<u32, TILE_M>;
  // @unroll
  for (var i = 0u; i < TILE_M; i++) {
    a_at[i] = a_start + row_of_a(min(m0 + i, g.size_m - 1u));
  }
  var b_at: array<ColumnsAt, TILE_N4>;
  // @unroll
  for (var j = 0u; j < TILE_N4; j++) {
    b_at[j] = b_start + columns_of_b((n0 + j) * 4u);
    if (QUADS) {
      b_at[j] += (invocation % 4u) * g.b.row;
    }
  }

  var sums: Sums;
  for (var k4 = 0u; k4 < g.size_k4; k4++) {
    var right: array<vec4f, 4u * TILE_N4>;
    // @unroll
    for (var j = 0u; j < TILE_N4; j++) {
      if (QUADS) {
        let own = load_b(b_at[j], k4 * 4u + invocation % 4u);
        right[j] = broadcast_first(own);
        right[TILE_N4 + j] = broadcast_second(own);
        right[2u * TILE_N4 + j] = broadcast_third(own);
        right[3u * TILE_N4 + j] = broadcast_fourth(own);
        b_at[j] += 4u * g.b.row;
      } else {
        // @unroll
        for (var s = 0u; s < 4u; s++) {
          right[s * TILE_N4 + j] = load_b(b_at[j], k4 * 4u + s);
          b_at[j] += g.b.row;
        }
      }
    }
    // @unroll
    for (var i = 0u; i < TILE_M; i++) {
      let left = load_a(a_at[i], k4);
      // @unroll
      for (var j = 0u; j < TILE_N4; j++) {
        var sum = sums[i * TILE_N4 + j];
        sum = fma(vec4f(left.x), right[j], sum);
        sum = fma(vec4f(left.y), right[TILE_N4 + j], sum);
        sum = fma(vec4f(left.z), right[2u * TILE_N4 + j], sum);
        sums[i * TILE_N4 + j] = fma(vec4f(left.w), right[3u * TILE_N4 + j], sum);
      }
    }
  }

  let c_tile = g.c.start + outer * g.c.outer + inner * g.c.inner;
  let channel = inner * g.channels;
  store_tile(&sums, m0, n0, c_tile, channel);
}
