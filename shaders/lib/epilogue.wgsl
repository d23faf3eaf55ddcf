// The epilogue of every algorithm: activation(sum + bias + residual), applied to a finished sum before it is stored.
// slots: activate, load_bias, load_residual
fn epilogue(sum: f32, channel: u32, index: u32) -> f32 {
  return finish(sum, load_bias(channel), index);
}

// The epilogue for kernels that load the bias once for many outputs of a channel.
fn finish(sum: f32, bias: f32, index: u32) -> f32 {
  return activate(sum + bias + load_residual(index));
}
