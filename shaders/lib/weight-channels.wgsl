// The weights of the output channels of a group, one channel after the other.

struct WeightChannels { stride: u32 }

fn weights_of(k: u32, channels: WeightChannels) -> u32 {
  return k * channels.stride;
}
