// The taps of a pair of channels, and the matrices to which the transformed filters go. Channels beyond the last get zeros, which pad the matrices to
// whole vectors. An input channel is one subkernel over one channel of the input (subkernels.wgsl); if a subkernel has fewer than TAPS taps the
// rest are zeros. load comes from load.wgsl.
// slots: load, subkernel_channel, weights_of
// constants: OUTPUTS_INNER
// types: WeightChannels
struct Filter {
  threads: u32,
  inner_count: u32, outer_count: u32,
  group_c: u32, group_k: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  subkernels_d: u32, subkernels_h: u32, subkernels_w: u32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  point_stride: u32,
  @align(16) w_channels: WeightChannels,
}

@group(0) @binding(0) var<uniform> g: Filter;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

// A pair of channels: the offset of its weights, the first tap of its subkernel, and whether a channel is beyond the last.
struct Pair { at: u32, first: vec3u, past_end: bool }

// U is row-major: (k, c), or (c, k) with OUTPUTS_INNER.
fn pair_of(index: u32) -> Pair {
  let inner = index % g.inner_count;
  let outer = index / g.inner_count % g.outer_count;
  let group = index / g.inner_count / g.outer_count;
  let k = select(outer, inner, OUTPUTS_INNER);
  let channel = subkernel_channel(select(inner, outer, OUTPUTS_INNER), g.group_c);
  let at = g.w_start + group * g.w_stride_g + weights_of(min(k, g.group_k - 1u), g.w_channels) + channel.c * g.w_stride_c;
  return Pair(at, channel.first, (k >= g.group_k) | channel.past_end);
}

// Loads a tap; those past the end of the kernel are zeros.
fn load_tap(w_at: u32, t: u32, r: u32, s: u32) -> f32 {
  let weight = load(w_at + min(t, g.kernel_t - 1u) * g.w_stride_t + min(r, g.kernel_r - 1u) * g.w_stride_r + min(s, g.kernel_s - 1u) * g.w_stride_s);
  return select(0.0, weight, (t < g.kernel_t) & (r < g.kernel_r) & (s < g.kernel_s));
}
