// A is the input as a convolution sees it, without being laid out: row m is an output, counted through the batch, and the columns are the cells of
// its window. For each row of a workgroup tile this holds the first cell of the window, and where the image starts at the first channel of the
// group. A split of the sums is a range of runs.
// constants: SIDE_M, STRIDE_D, STRIDE_H, STRIDE_W
struct Window {
  // Runs of a split, and of all splits.
  runs: u32, all_runs: u32,
  // Channels of a group, and terms of a sum.
  group_c: u32, terms: u32,
  // Blocks of channels, each a run.
  blocks: u32,
  output_o: u32, output_p: u32, output_q: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
}

var<workgroup> corners: array<vec4i, SIDE_M>;

fn prepare_rows(m0: u32, inner: u32, local: u32) {
  // A workgroup has as many threads as rows, or more.
  let index = min(m0 + local % SIDE_M, g.size_m - 1u);
  let row = index / g.window.output_q;
  let plane = row / g.window.output_p;
  let image = plane / g.window.output_o;
  let at = vec3u(plane - image * g.window.output_o, row - plane * g.window.output_p, index - row * g.window.output_q);
  let corner = vec3i(at * vec3u(STRIDE_D, STRIDE_H, STRIDE_W)) - vec3i(g.window.pad_d, g.window.pad_h, g.window.pad_w);
  if (local < SIDE_M) {
    corners[local % SIDE_M] = vec4i(corner, i32(g.window.x_start + image * g.window.x_stride_n + inner * g.window.x_stride_g));
  }
}

fn first_run(outer: u32) -> u32 {
  return outer * g.window.runs;
}

fn end_of_runs(outer: u32) -> u32 {
  return min((outer + 1u) * g.window.runs, g.window.all_runs);
}
