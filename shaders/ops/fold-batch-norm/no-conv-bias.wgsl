// The bias of a channel of the convolution where there is none: 0.
fn conv_bias_at(channel: u32) -> f32 {
  return 0.0;
}
