// The parts of a kernel (src/algorithms/winograd/partition.ts), PARTS_* along the axes: each is a dense kernel of at most TAPS_* taps an axis, with
// the taps of one residue modulo the stride (PHASES_* of them) and, of those, one block of neighbours. Each pair of a part and a channel counts as
// an input channel of its own; parts are the outer index.
// constants: PARTS_D, PARTS_H, PARTS_W, PHASES_D, PHASES_H, PHASES_W, STRIDE_D, STRIDE_H, STRIDE_W, TAPS_D, TAPS_H, TAPS_W
struct PartChannel {
  c: u32,
  // The first tap of the part, which is also its offset in cells from the start of the kernel.
  first: vec3u,
  past_end: bool,
}

fn part_channel(index: u32, group_c: u32) -> PartChannel {
  if (PARTS_D * PARTS_H * PARTS_W == 1u) {
    return PartChannel(min(index, group_c - 1u), vec3u(), index >= group_c);
  }
  let part = index / group_c;
  let w = part % PARTS_W;
  let h = part / PARTS_W % PARTS_H;
  let d = part / (PARTS_W * PARTS_H);
  let first = vec3u(
    d % PHASES_D + d / PHASES_D * (STRIDE_D * TAPS_D),
    h % PHASES_H + h / PHASES_H * (STRIDE_H * TAPS_H),
    w % PHASES_W + w / PHASES_W * (STRIDE_W * TAPS_W),
  );
  return PartChannel(index - part * group_c, first, d >= PARTS_D);
}
