// The bias of an output channel.
// types: Y
@group(0) @binding(4) var<storage, read> bias: array<Y>;

fn load_bias(channel: u32) -> f32 {
  return f32(bias[channel]);
}
