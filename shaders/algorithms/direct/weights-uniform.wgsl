// Loads the weights of four output channels from uniforms, which hold those of a range of tiles (LaneOffsets = u32): one tile after the other, a row
// of its PACKED_V vectors of channels for each term.
// constants: LANES, PACKED_V, WEIGHT_VECTORS
struct WeightChannels { first_tile: u32 }

@group(0) @binding(2) var<uniform> weights: array<vec4f, WEIGHT_VECTORS>;

fn lane_offsets(group: u32, k: u32, neighbour: u32) -> u32 {
  let vector = (group * g.group_k + k) / LANES;
  return (vector / PACKED_V - g.w_channels.first_tile) * g.w_stride_g + vector % PACKED_V;
}

fn load_weights(base: u32, at: u32) -> vec4f {
  return weights[base + at];
}
