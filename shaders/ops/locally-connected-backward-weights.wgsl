// The gradient of a locally connected layer with respect to its weights: a sum over the batch for each.
@group(0) @binding(0) var<uniform> g: Local;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read_write> dw: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  let cells = g.output.depth * g.output.height * g.output.width;
  let taps = g.kernel_d * g.kernel_h * g.kernel_w;
  let terms = taps * g.group_c;
  let inner = select(cells, g.output.channels, CHANNELS_LAST);
  let last = index % inner;
  let outer = index / inner;
  let term = outer % terms;
  let k = select(outer / terms, last, CHANNELS_LAST);
  let cell = select(last, outer / terms, CHANNELS_LAST);
  let c = select(term / taps, term % g.group_c, CHANNELS_LAST);
  let tap = select(term % taps, term / g.group_c, CHANNELS_LAST);
  let output = vec3u(cell / (g.output.height * g.output.width), cell / g.output.width % g.output.height, cell % g.output.width);
  let reach = vec3u(tap / (g.kernel_h * g.kernel_w), tap / g.kernel_w % g.kernel_h, tap % g.kernel_w);
  let at = output * vec3u(g.stride_d, g.stride_h, g.stride_w) + reach * vec3u(g.dilation_d, g.dilation_h, g.dilation_w)
    - vec3u(g.begin_d, g.begin_h, g.begin_w);
  var sum = 0.0;
  // Cells before the first have wrapped to large numbers.
  if (all(at < vec3u(g.input.depth, g.input.height, g.input.width))) {
    let source = strides_of(g.input);
    let to = strides_of(g.output);
    let place = (k / g.group_k * g.group_c + c) * source.channel + ((at.x * g.input.height + at.y) * g.input.width + at.z) * source.cell;
    let gradient = k * to.channel + cell * to.cell;
    for (var n = 0u; n < g.batch; n++) {
      sum += f32(x[n * source.image + place]) * f32(dy[n * to.image + gradient]);
    }
  }
  dw[index] = E(sum);
}
