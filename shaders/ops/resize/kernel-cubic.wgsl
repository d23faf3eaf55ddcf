// The kernel of cubic interpolation (Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981).
// constants: COEFFICIENT
fn kernel_at(distance: f32, nearest: f32) -> f32 {
  let a = COEFFICIENT;
  let t = abs(distance);
  let near = ((a + 2.0) * t - (a + 3.0)) * t * t + 1.0;
  let far = a * (((t - 5.0) * t + 8.0) * t - 4.0);
  return select(select(0.0, far, t < 2.0), near, t <= 1.0);
}
