// Stores a thread tile by a loop that indexes the sums, which puts them in memory. SwiftShader has no registers for them, so that the sums take no
// longer, and half the time to compile; the loop takes longer than unrolled stores.
// slots: store
// constants: TILE_M, TILE_N4
alias Sums = array<vec4f, TILE_M * TILE_N4>;

fn store_tile(sums: ptr<function, Sums>, m0: u32, n0: u32, c_tile: u32, channel: u32) {
  for (var i = 0u; i < TILE_M; i++) {
    if (m0 + i < g.size_m) {
      for (var j = 0u; j < TILE_N4; j++) {
        store((*sums)[i * TILE_N4 + j], m0 + i, (n0 + j) * 4u, c_tile, channel);
      }
    }
  }
}
