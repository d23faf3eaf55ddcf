// Where in a tensor the pixel lies that output `index` of a pointwise convolution sees, at any stride.
fn pixel_offset(index: u32) -> u32 {
  let row = index / g.pixels_q;
  let plane = row / g.pixels_p;
  let image = plane / g.pixels_o;
  return g.pixels_start + image * g.pixel_n + (plane - image * g.pixels_o) * g.pixel_d + (row - plane * g.pixels_p) * g.pixel_h
    + (index - row * g.pixels_q) * g.pixel_w;
}
