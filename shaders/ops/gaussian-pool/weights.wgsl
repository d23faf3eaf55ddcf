// The weights of Gaussian pooling: exp(-r^2 / (2 sigma^2)) at the distance r from the centre of the window. The exponent of the nearest
// cell is subtracted from all exponents, so that the largest weight is 1 whatever sigma is: only the ratios of weights count.
// types: Cells
struct Rule {
  // r^2 / (2 sigma^2) of a distance of one tap.
  scale_d: f32, scale_h: f32, scale_w: f32,
  // The middle of the taps, which may lie between two.
  centre_d: f32, centre_h: f32, centre_w: f32,
}

fn exponent_of(tap: vec3u) -> f32 {
  let d = f32(tap.x) - g.rule.centre_d;
  let h = f32(tap.y) - g.rule.centre_h;
  let w = f32(tap.z) - g.rule.centre_w;
  return g.rule.scale_d * d * d + g.rule.scale_h * h * h + g.rule.scale_w * w * w;
}

// The exponent of the cell of a window that is nearest to its centre.
fn nearest_of(depth: Cells, height: Cells, width: Cells) -> f32 {
  return exponent_of(vec3u(
    nearest_tap(depth, g.rule.centre_d),
    nearest_tap(height, g.rule.centre_h),
    nearest_tap(width, g.rule.centre_w),
  ));
}

fn nearest_tap(cells: Cells, centre: f32) -> u32 {
  return clamp(u32(centre), cells.tap, cells.tap + cells.count - 1u);
}
