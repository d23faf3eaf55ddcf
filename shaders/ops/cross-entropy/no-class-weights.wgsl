// The weights of classes where the caller gives none: 1.
fn weight_of(c: u32) -> f32 {
  return 1.0;
}
