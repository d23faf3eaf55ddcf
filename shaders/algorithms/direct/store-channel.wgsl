// Stores the sums of one output channel (V = f32).
// slots: channel_of, store_one
// types: Channel
alias LaneChannels = Channel;

fn lane_channels(k: u32) -> LaneChannels {
  return channel_of(k);
}

fn store(sum: f32, channel: LaneChannels, k: u32, at: u32, output: vec3u) {
  store_one(sum, channel, k, at, output);
}
