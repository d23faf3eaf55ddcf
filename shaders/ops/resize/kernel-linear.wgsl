// The kernel of linear interpolation.
fn kernel_at(distance: f32, nearest: f32) -> f32 {
  return max(1.0 - abs(distance), 0.0);
}
