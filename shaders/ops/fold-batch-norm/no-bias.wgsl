// The bias of a channel where there is none: 0.
fn bias_at(channel: u32) -> f32 {
  return 0.0;
}
