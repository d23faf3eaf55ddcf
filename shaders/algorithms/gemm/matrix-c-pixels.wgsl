// C is the output tensor (Y is its element as stored), with pixels at uneven distances. Applies the epilogue, and writes nothing past the end.
// Rows or columns are channels; the others are pixels, counted from c.first_pixel.
// slots: channel_of, epilogue, is_cell
// constants: CHANNELS_ARE_ROWS, EVERY_CELL
// types: Y
@group(0) @binding(3) var<storage, read_write> c: array<Y>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  let pixel = g.c.first_pixel + select(m, n, CHANNELS_ARE_ROWS);
  let row = pixel / g.c_pixels.size_q;
  let plane = row / g.c_pixels.size_p;
  var image = plane / g.c_pixels.size_o;
  var output = vec3u(plane - image * g.c_pixels.size_o, row - plane * g.c_pixels.size_p, pixel - row * g.c_pixels.size_q);
  var own = channel_of(channel + select(n, m, CHANNELS_ARE_ROWS));
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n && (EVERY_CELL || is_cell(own, output))) {
      let at = tile + own.at + image * g.c_pixels.stride_n
        + output.x * g.c_pixels.stride_d + output.y * g.c_pixels.stride_h + output.z * g.c_pixels.stride_w;
      c[at] = Y(epilogue(sum[lane], own.index, at));
    }
    if (CHANNELS_ARE_ROWS) {
      let row_done = output.z + 1u == g.c_pixels.size_q;
      output.z = select(output.z + 1u, 0u, row_done);
      output.y += select(0u, 1u, row_done);
      let plane_done = output.y == g.c_pixels.size_p;
      output.y = select(output.y, 0u, plane_done);
      output.x += select(0u, 1u, plane_done);
      let image_done = output.x == g.c_pixels.size_o;
      output.x = select(output.x, 0u, image_done);
      image += select(0u, 1u, image_done);
    } else {
      own = channel_of(channel + n + lane + 1u);
    }
  }
}
