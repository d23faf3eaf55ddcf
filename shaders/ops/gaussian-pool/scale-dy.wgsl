// Gaussian pooling: divides the gradient of an output by the sum of its weights, a product of sums along the axes.
// slots: cells_of_depth, cells_of_height, cells_of_width, nearest_tap
// types: Cells, Element, V
fn scaled_dy(dy: V, index: u32, o: Element) -> V {
  let depth = cells_of_depth(o.d);
  let height = cells_of_height(o.h);
  let width = cells_of_width(o.w);
  let along_d = sum_along(depth, g.rule.centre_d, g.rule.scale_d);
  let along_h = sum_along(height, g.rule.centre_h, g.rule.scale_h);
  let along_w = sum_along(width, g.rule.centre_w, g.rule.scale_w);
  return dy / (along_d * along_h * along_w);
}

fn sum_along(cells: Cells, centre: f32, scale: f32) -> f32 {
  let nearest = f32(nearest_tap(cells, centre)) - centre;
  var sum = 0.0;
  for (var tap = cells.tap; tap < cells.tap + cells.count; tap++) {
    let distance = f32(tap) - centre;
    sum += exp(scale * nearest * nearest - scale * distance * distance);
  }
  return sum;
}
