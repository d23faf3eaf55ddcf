// The cells of a window tap by tap: a run is the channels of one tap, or a block of them. So there is one address and one test for padding a tap
// and row; from there on a stride leads along the channels. load_channels loads four of them.
// slots: is_padding, load_channels, source
// constants: C_TAIL, DILATION_D, DILATION_H, DILATION_W, FLAT, PADDING_VALUE, SIDE_M
const OUTSIDE = 0xffffffffu;

var<private> tap: vec3i;
var<private> first_channel: u32;

fn prepare_run(run: u32, local: u32) {
  let index = run / g.window.blocks;
  let row = index / g.window.kernel_s;
  let slice = row / g.window.kernel_r;
  tap = vec3i(vec3u(slice * DILATION_D, (row - slice * g.window.kernel_r) * DILATION_H, (index - row * g.window.kernel_s) * DILATION_W));
  first_channel = (run - index * g.window.blocks) * g.size_k;
  // The rows are prepared.
  workgroupBarrier();
}

fn run_vectors(run: u32) -> u32 {
  return g.size_k4;
}

fn row_of_a(m: u32) -> u32 {
  let corner = corners[m % SIDE_M];
  let at = corner.xyz + tap;
  var padding = is_padding(at.y, g.window.input_h) | is_padding(at.z, g.window.input_w);
  var index = u32(corner.w) + first_channel * g.window.x_stride_c
    + u32(source(at.y, g.window.input_h)) * g.window.x_stride_h + u32(source(at.z, g.window.input_w)) * g.window.x_stride_w;
  if (!FLAT) {
    padding |= is_padding(at.x, g.window.input_d);
    index += u32(source(at.x, g.window.input_d)) * g.window.x_stride_d;
  }
  return select(index, OUTSIDE, padding);
}

fn load_a(at: u32, k4: u32) -> vec4f {
  // Of padding it loads any cell.
  let cells = select(load_channels(at, k4), vec4f(PADDING_VALUE), at == OUTSIDE);
  // The weights of channels past the last are zeros, but a cell there may be NaN.
  let channel = first_channel + k4 * 4u;
  let inside = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(g.window.group_c);
  return select(vec4f(), cells, inside | vec4<bool>(!C_TAIL));
}
