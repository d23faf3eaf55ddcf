// Loads the weights of one output channel at a time (V = f32, LaneOffsets = u32). Channels past the last of the group read the last one and are
// not stored.
// slots: load_weight, weights_of
fn lane_offsets(group: u32, k: u32, neighbour: u32) -> u32 {
  return group * g.w_stride_g + weights_of(min(k, g.group_k - 1u), g.w_channels);
}

fn load_weights(base: u32, at: u32) -> f32 {
  return load_weight(base + at);
}
