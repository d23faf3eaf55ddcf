// What happens to a finished sum before it is stored, the same for every algorithm: activation(sum + bias + residual).
fn epilogue(sum: f32, channel: u32, index: u32) -> f32 {
  return activate(sum + load_bias(channel) + load_residual(index));
}
