// The bias of a channel of the convolution.
// types: B
@group(0) @binding(10) var<storage, read> conv_bias: array<B>;

fn conv_bias_at(channel: u32) -> f32 {
  return f32(conv_bias[channel]);
}
