// Without a bias.
fn bias_at(channel: u32) -> f32 {
  return 0.0;
}
