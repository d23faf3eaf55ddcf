// Loads the weights of four output channels by four loads, at arbitrary positions (LaneOffsets = vec4u). Channels past the last of the group read
// the last one and are not stored.
// slots: load_weight, weights_of
fn lane_offsets(group: u32, k: u32, neighbour: u32) -> vec4u {
  let lanes = min(vec4u(k, k + 1u, k + 2u, k + 3u), vec4u(g.group_k - 1u));
  return group * g.w_stride_g + vec4u(
    weights_of(lanes.x, g.w_channels),
    weights_of(lanes.y, g.w_channels),
    weights_of(lanes.z, g.w_channels),
    weights_of(lanes.w, g.w_channels),
  );
}

fn load_weights(base: u32, at: vec4u) -> vec4f {
  return vec4f(load_weight(base + at.x), load_weight(base + at.y), load_weight(base + at.z), load_weight(base + at.w));
}
