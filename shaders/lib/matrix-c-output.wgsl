// C is the output tensor (E is its element as stored): the epilogue is done, and nothing past the end is written. Strides count
// elements.
@group(0) @binding(3) var<storage, read_write> c: array<E>;

fn store(sum: vec4f, m: u32, n: u32, row: u32, channel: u32) {
  for (var lane = 0u; lane < 4u; lane++) {
    if (n + lane < g.size_n) {
      let at = row + n + lane;
      c[at] = E(epilogue(sum[lane], channel + select(n + lane, m, CHANNELS_ARE_ROWS), at));
    }
  }
}
