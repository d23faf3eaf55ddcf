// C is the output tensor (Y is its element as stored), with pixels at even distances. Applies the epilogue, and writes nothing past the end.
// Strides count elements.
// slots: epilogue
// constants: CHANNELS_ARE_ROWS
// types: Y
@group(0) @binding(3) var<storage, read_write> c: array<Y>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n) {
      let at = tile + m * g.c.row + (n + lane) * g.c.column;
      c[at] = Y(epilogue(sum[lane], channel + select(n + lane, m, CHANNELS_ARE_ROWS), at));
    }
  }
}
