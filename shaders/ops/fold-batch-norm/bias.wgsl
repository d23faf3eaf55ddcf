// The bias of a channel.
// types: B
@group(0) @binding(10) var<storage, read> bias: array<B>;

fn bias_at(channel: u32) -> f32 {
  return f32(bias[channel]);
}
