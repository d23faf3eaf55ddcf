// Loads the weights of four output channels from uniforms (V = vec4f): of each tile of channels a row for each term.
// constants: TILE_V, WEIGHT_VECTORS
@group(0) @binding(2) var<uniform> weights: array<vec4f, WEIGHT_VECTORS>;

fn load_weights(tile: u32, term: u32, v: u32) -> vec4f {
  return weights[tile * g.w_tile + term * TILE_V + v];
}
