// The input matrix of an implicit GEMM, which is never laid out: row k is a (channel, tap), column n an output, and each cell is loaded from x when
// it is needed (`load` from load.wgsl). Terms run through the taps of a channel (channels-first) or the channels of a tap (channels-last), in the
// order of the input's layout.
// slots: is_padding, load, source
// constants: CHANNELS_LAST, DILATION_D, DILATION_H, DILATION_W, PADDING_VALUE, STRIDE_D, STRIDE_H, STRIDE_W
// types: OutputChannels
struct Geometry {
  threads: u32, tiles_n: u32, tiles_m: u32, splits: u32,
  groups: u32, group_c: u32, group_k: u32,
  outputs: u32, terms: u32, split_terms: u32, weight_row: u32, weight_group: u32, partial: u32,
  output_o: u32, output_p: u32, output_q: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Geometry;

// An output: the cell of its first tap, and its offsets in x (at the first channel of the group) and in y (at the first of all channels).
struct Output {
  corner: vec3i,
  x_at: u32,
  y_at: u32,
}

// A (channel, tap), advanced one term at a time.
struct Term {
  c: u32,
  t: u32,
  r: u32,
  s: u32,
}

// Outputs past the last complete a tile: they read what the last one reads and are not stored.
fn output_at(n: u32, group: u32) -> Output {
  let index = min(n, g.outputs - 1u);
  let row = index / g.output_q;
  let plane = row / g.output_p;
  let image = plane / g.output_o;
  let q = index - row * g.output_q;
  let p = row - plane * g.output_p;
  let o = plane - image * g.output_o;
  return Output(
    vec3i(vec3u(o * STRIDE_D, p * STRIDE_H, q * STRIDE_W)) - vec3i(g.pad_d, g.pad_h, g.pad_w),
    g.x_start + image * g.x_stride_n + group * g.x_stride_g,
    g.y_start + image * g.y_stride_n + o * g.y_stride_o + p * g.y_stride_p + q * g.y_stride_q,
  );
}

// An output along each axis.
fn place_of(output: Output) -> vec3u {
  return vec3u(output.corner + vec3i(g.pad_d, g.pad_h, g.pad_w)) / vec3u(STRIDE_D, STRIDE_H, STRIDE_W);
}

fn term_at(k: u32) -> Term {
  let taps = g.kernel_t * g.kernel_r * g.kernel_s;
  let c = select(k / taps, k % g.group_c, CHANNELS_LAST);
  let tap = select(k % taps, k / g.group_c, CHANNELS_LAST);
  return Term(c, tap / (g.kernel_r * g.kernel_s), (tap / g.kernel_s) % g.kernel_r, tap % g.kernel_s);
}

fn next_term(term: Term) -> Term {
  var c = term.c;
  var s = term.s;
  if (CHANNELS_LAST) {
    c += 1u;
    let tap_done = c == g.group_c;
    c = select(c, 0u, tap_done);
    s += select(0u, 1u, tap_done);
  } else {
    s += 1u;
  }
  let row_done = s == g.kernel_s;
  s = select(s, 0u, row_done);
  var r = term.r + select(0u, 1u, row_done);
  let slice_done = r == g.kernel_r;
  r = select(r, 0u, slice_done);
  var t = term.t + select(0u, 1u, slice_done);
  if (!CHANNELS_LAST) {
    let channel_done = t == g.kernel_t;
    t = select(t, 0u, channel_done);
    c += select(0u, 1u, channel_done);
  }
  return Term(c, t, r, s);
}

fn load_cell(output: Output, term: Term) -> f32 {
  let at = output.corner + vec3i(vec3u(term.t * DILATION_D, term.r * DILATION_H, term.s * DILATION_W));
  let index = output.x_at + term.c * g.x_stride_c + u32(source(at.x, g.input_d)) * g.x_stride_d
    + u32(source(at.y, g.input_h)) * g.x_stride_h + u32(source(at.z, g.input_w)) * g.x_stride_w;
  let padding = is_padding(at.x, g.input_d) | is_padding(at.y, g.input_h) | is_padding(at.z, g.input_w);
  return select(load(index), PADDING_VALUE, padding);
}
