fn weight_of(c: u32) -> f32 {
  return 1.0;
}
