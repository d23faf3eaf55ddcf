// Loads the weights of one output channel at a time from uniforms (V = f32): of each tile a row for each channel, its terms in vectors.
// constants: WEIGHT_VECTORS
@group(0) @binding(2) var<uniform> weights: array<vec4f, WEIGHT_VECTORS>;

fn load_weights(tile: u32, term: u32, v: u32) -> f32 {
  return weights[tile * g.w_tile + v * g.w_channel + term / 4u][term % 4u];
}
