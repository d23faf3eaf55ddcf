// The parts that a kernel is cut into so that each is a dense kernel of at most TAPS_* taps an axis: along an axis the taps of one
// residue of the stride (PHASES_* of them), and of those one block of neighbours. Each part over each channel counts as an input
// channel of its own, the parts outermost; PARTS_* parts along the axes.
// constants: PARTS_D, PARTS_H, PARTS_W, PHASES_D, PHASES_H, PHASES_W, STRIDE_D, STRIDE_H, STRIDE_W, TAPS_D, TAPS_H, TAPS_W
struct PartChannel {
  c: u32,
  // The first tap of the part, which is as many cells to the right of where the kernel starts.
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
