// C is the output tensor (Y is its element as stored), with pixels at uneven distances. Applies the epilogue, and writes nothing past the end.
// Rows or columns are channels; the others are pixels, counted from c.first_pixel.
// slots: channel_of, epilogue, is_cell
// constants: CHANNELS_ARE_ROWS
// types: Y
@group(0) @binding(3) var<storage, read_write> c: array<Y>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n) {
      let k = select(n + lane, m, CHANNELS_ARE_ROWS);
      let pixel = g.c.first_pixel + select(m, n + lane, CHANNELS_ARE_ROWS);
      let row = pixel / g.c_pixels.size_q;
      let plane = row / g.c_pixels.size_p;
      let image = plane / g.c_pixels.size_o;
      let output = vec3u(plane - image * g.c_pixels.size_o, row - plane * g.c_pixels.size_p, pixel - row * g.c_pixels.size_q);
      let own = channel_of(channel + k);
      if (is_cell(own, output)) {
        let at = tile + own.at + image * g.c_pixels.stride_n
          + output.x * g.c_pixels.stride_d + output.y * g.c_pixels.stride_h + output.z * g.c_pixels.stride_w;
        c[at] = Y(epilogue(sum[lane], own.index, at));
      }
    }
  }
}
