// The Gaussian bell, as a multiple of that of the nearest cell: the largest weight is 1 whatever sigma is.
fn kernel_at(distance: f32, nearest: f32) -> f32 {
  return exp(nearest * nearest - distance * distance);
}
