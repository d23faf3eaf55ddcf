// Loads four channels of a cell one by one. Strides count elements.
// slots: load
fn load_channels(at: u32, k4: u32) -> vec4f {
  let start = at + k4 * 4u * g.window.x_stride_c;
  return vec4f(
    load(start),
    load(start + g.window.x_stride_c),
    load(start + 2u * g.window.x_stride_c),
    load(start + 3u * g.window.x_stride_c),
  );
}
