// Stores the sums of four output channels, one by one (V = vec4f).
// slots: channel_of, store_one
// types: Channel
struct LaneChannels { first: Channel, second: Channel, third: Channel, fourth: Channel }

fn lane_channels(k: u32) -> LaneChannels {
  return LaneChannels(channel_of(k), channel_of(k + 1u), channel_of(k + 2u), channel_of(k + 3u));
}

fn store(sum: vec4f, channels: LaneChannels, k: u32, at: u32, output: vec3u) {
  store_one(sum.x, channels.first, k, at, output);
  store_one(sum.y, channels.second, k + 1u, at, output);
  store_one(sum.z, channels.third, k + 2u, at, output);
  store_one(sum.w, channels.fourth, k + 3u, at, output);
}
