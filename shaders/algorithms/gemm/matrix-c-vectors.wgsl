// C is the output tensor (Y4 is four of its elements as stored), whose rows are whole vectors. Applies the epilogue, and writes nothing past the
// end. Strides count elements.
// slots: epilogue
// constants: CHANNELS_ARE_ROWS
// types: Y4
@group(0) @binding(3) var<storage, read_write> c: array<Y4>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  if (n < g.size_n) {
    let at = tile + m * g.c.row + n;
    let k = channel + select(n, m, CHANNELS_ARE_ROWS);
    let next = select(1u, 0u, CHANNELS_ARE_ROWS);
    c[at / 4u] = Y4(vec4f(
      epilogue(sum.x, k, at),
      epilogue(sum.y, k + next, at + 1u),
      epilogue(sum.z, k + 2u * next, at + 2u),
      epilogue(sum.w, k + 3u * next, at + 3u),
    ));
  }
}
