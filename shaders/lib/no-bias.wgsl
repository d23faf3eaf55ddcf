// No bias: nothing is bound and nothing is added.
fn load_bias(channel: u32) -> f32 {
  return 0.0;
}
