// The subkernels of a kernel (src/algorithms/winograd/partition.ts), subkernels_* along the axes, or only ONE_SUBKERNEL. Each is a dense kernel of at most TAPS_* taps an
// axis: the taps of one residue modulo the stride (PHASES_* of them) and, of those, one block of neighbours. Each pair of a subkernel and a
// channel counts as an input channel of its own; subkernels are the outer index.
// constants: ONE_SUBKERNEL, PHASES_D, PHASES_H, PHASES_W, STRIDE_D, STRIDE_H, STRIDE_W, TAPS_D, TAPS_H, TAPS_W
struct SubkernelChannel {
  c: u32,
  // The first tap of the subkernel, which is also its offset in cells from the start of the kernel.
  first: vec3u,
  past_end: bool,
}

fn subkernel_channel(index: u32, group_c: u32) -> SubkernelChannel {
  if (ONE_SUBKERNEL) {
    return SubkernelChannel(min(index, group_c - 1u), vec3u(), index >= group_c);
  }
  let subkernel = index / group_c;
  let w = subkernel % g.subkernels_w;
  let h = subkernel / g.subkernels_w % g.subkernels_h;
  let d = subkernel / (g.subkernels_w * g.subkernels_h);
  let first = vec3u(
    d % PHASES_D + d / PHASES_D * (STRIDE_D * TAPS_D),
    h % PHASES_H + h / PHASES_H * (STRIDE_H * TAPS_H),
    w % PHASES_W + w / PHASES_W * (STRIDE_W * TAPS_W),
  );
  return SubkernelChannel(index - subkernel * group_c, first, d >= g.subkernels_d);
}
