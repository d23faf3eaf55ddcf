// C is the output tensor (Y is its element as stored), with pixels at uneven distances. Applies the epilogue, and writes nothing past the end.
// Rows or columns are channels, c.row or c.column apart; the others are pixels, counted from c.first_pixel.
// slots: epilogue
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
      let at = tile + k * select(g.c.column, g.c.row, CHANNELS_ARE_ROWS)
        + image * g.c_pixels.stride_n + (plane - image * g.c_pixels.size_o) * g.c_pixels.stride_d
        + (row - plane * g.c_pixels.size_p) * g.c_pixels.stride_h + (pixel - row * g.c_pixels.size_q) * g.c_pixels.stride_w;
      c[at] = Y(epilogue(sum[lane], channel + k, at));
    }
  }
}
