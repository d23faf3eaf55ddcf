// Stores a thread tile from a copy, which a loop may index: the sums themselves stay in registers.
// slots: store
// constants: TILE_M, TILE_N4
alias Sums = array<vec4f, TILE_M * TILE_N4>;

fn store_tile(sums: ptr<function, Sums>, m0: u32, n0: u32, c_tile: u32, channel: u32) {
  var results: Sums;
  // @unroll
  for (var i = 0u; i < TILE_M * TILE_N4; i++) {
    results[i] = (*sums)[i];
  }
  // @unroll unless compact
  for (var i = 0u; i < TILE_M; i++) {
    if (m0 + i < g.size_m) {
      // @unroll unless compact
      for (var j = 0u; j < TILE_N4; j++) {
        store(results[i * TILE_N4 + j], m0 + i, (n0 + j) * 4u, c_tile, channel);
      }
    }
  }
}
