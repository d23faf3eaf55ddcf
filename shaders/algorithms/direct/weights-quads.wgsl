// Loads the weights of four output channels, each by one of four neighbouring threads, which compute different outputs of the same channels
// (LaneOffsets = u32). Channels past the last of the group read the last one and are not stored.
// slots: collect, load_weight, weights_of
fn lane_offsets(group: u32, k: u32, neighbour: u32) -> u32 {
  return group * g.w_stride_g + weights_of(min(k + neighbour, g.group_k - 1u), g.w_channels);
}

fn load_weights(base: u32, at: u32) -> vec4f {
  return collect(load_weight(base + at));
}
