// What happens to a finished sum before it is stored, the same for every algorithm: activation(sum + bias + residual).
// slots: activate, load_bias, load_residual
fn epilogue(sum: f32, channel: u32, index: u32) -> f32 {
  return finish(sum, load_bias(channel), index);
}

// The same where the bias was loaded once for many outputs of a channel.
fn finish(sum: f32, bias: f32, index: u32) -> f32 {
  return activate(sum + bias + load_residual(index));
}
