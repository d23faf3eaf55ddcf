// The coordinates of the cells of a feature map as channels: x along the width, y along the height, z along the depth, each from -1 to 1,
// and with RADIUS the distance from the centre.
// slots: is_padding, source
// constants: FLIPPED, PADDING_VALUE, RADIUS
// types: Map
struct Coordinates {
  input: Map, output: Map,
  batch: u32, channels: u32,
  kernel_d: u32, kernel_h: u32, kernel_w: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  begin_d: u32, begin_h: u32, begin_w: u32,
}

fn coordinate(at: i32, size: u32) -> f32 {
  let last = i32(size) - 1;
  return select(f32(2 * at - last) / f32(max(last, 1)), 0.0, last == 0);
}

// The coordinates of the cell that a tap of an output reads, in the order of their channels. Only the first g.channels are meaningful.
fn coordinates_at(output: vec3u, tap: vec3u, g: Coordinates) -> vec4f {
  let size = vec3i(vec3u(g.input.depth, g.input.height, g.input.width));
  let turned = select(tap, vec3u(g.kernel_d, g.kernel_h, g.kernel_w) - 1u - tap, vec3<bool>(FLIPPED));
  let reach = output * vec3u(g.stride_d, g.stride_h, g.stride_w) + turned * vec3u(g.dilation_d, g.dilation_h, g.dilation_w);
  let at = vec3i(reach) - vec3i(vec3u(g.begin_d, g.begin_h, g.begin_w));
  let x = coordinate(source(at.z, size.z), g.input.width);
  let y = coordinate(source(at.y, size.y), g.input.height);
  let z = coordinate(source(at.x, size.x), g.input.depth);
  var all = vec4f(x, y, z, 0.0);
  if (RADIUS) {
    // Axes past the map's rank have one cell, of coordinate 0.
    all[g.channels - 1u] = sqrt(x * x + y * y + z * z);
  }
  let padding = is_padding(at.x, size.x) | is_padding(at.y, size.y) | is_padding(at.z, size.z);
  return select(all, vec4f(PADDING_VALUE), padding);
}
