// C is the output tensor (Y is its element as stored), whose pixels lie anywhere: the epilogue is done, and nothing past the end is
// written. Rows or columns are channels, c_row or c_column apart; the others are pixels, counted from c_first.
// slots: epilogue
// constants: CHANNELS_ARE_ROWS
// types: Y
@group(0) @binding(3) var<storage, read_write> c: array<Y>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n) {
      let k = select(n + lane, m, CHANNELS_ARE_ROWS);
      let pixel = g.c_first + select(m, n + lane, CHANNELS_ARE_ROWS);
      let row = pixel / g.c_pixels_q;
      let plane = row / g.c_pixels_p;
      let image = plane / g.c_pixels_o;
      let at = tile + k * select(g.c_column, g.c_row, CHANNELS_ARE_ROWS)
        + image * g.c_pixel_n + (plane - image * g.c_pixels_o) * g.c_pixel_d
        + (row - plane * g.c_pixels_p) * g.c_pixel_h + (pixel - row * g.c_pixels_q) * g.c_pixel_w;
      c[at] = Y(epilogue(sum[lane], channel + k, at));
    }
  }
}
