// No residual: nothing is bound and nothing is added.
fn load_residual(index: u32) -> f32 {
  return 0.0;
}
