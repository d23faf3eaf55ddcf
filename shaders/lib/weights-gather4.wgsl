// Weights of four output channels by four loads, wherever they lie (V = vec4f, LaneOffsets = vec4u). Channels past the last of the
// group read the last one and are not stored.
fn lane_offsets(group: u32, k: u32) -> vec4u {
  let lanes = min(vec4u(k, k + 1u, k + 2u, k + 3u), vec4u(g.group_k - 1u));
  return group * g.w_stride_g + lanes * g.w_stride_k;
}

fn load_weights(base: u32, at: vec4u) -> vec4f {
  return vec4f(load_weight(base + at.x), load_weight(base + at.y), load_weight(base + at.z), load_weight(base + at.w));
}

fn store(sum: vec4f, first_channel: u32, k: u32, at: u32) {
  store_one(sum.x, first_channel, k, at);
  store_one(sum.y, first_channel, k + 1u, at);
  store_one(sum.z, first_channel, k + 2u, at);
  store_one(sum.w, first_channel, k + 3u, at);
}
