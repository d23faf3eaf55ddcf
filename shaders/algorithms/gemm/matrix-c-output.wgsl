// C is the output tensor (Y is its element as stored), with pixels at even distances. Applies the epilogue, and writes nothing past the end.
// Strides count elements.
// slots: epilogue
// constants: CHANNELS_ARE_ROWS
// types: Y
@group(0) @binding(3) var<storage, read_write> c: array<Y>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  var at = tile + m * g.c.row + n * g.c.column;
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n) {
      c[at] = Y(epilogue(sum[lane], channel + select(n + lane, m, CHANNELS_ARE_ROWS), at));
    }
    at += g.c.column;
  }
}
