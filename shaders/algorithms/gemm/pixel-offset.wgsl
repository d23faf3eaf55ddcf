// The offset in a tensor of the pixel that output `index` of a pointwise convolution sees, at any stride.
fn pixel_offset(index: u32) -> u32 {
  let row = index / g.pixels.size_q;
  let plane = row / g.pixels.size_p;
  let image = plane / g.pixels.size_o;
  return g.pixels_start + image * g.pixels.stride_n + (plane - image * g.pixels.size_o) * g.pixels.stride_d + (row - plane * g.pixels.size_p) * g.pixels.stride_h
    + (index - row * g.pixels.size_q) * g.pixels.stride_w;
}
