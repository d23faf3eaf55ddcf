// No bias: binds and adds nothing.
fn load_bias(channel: u32) -> f32 {
  return 0.0;
}
