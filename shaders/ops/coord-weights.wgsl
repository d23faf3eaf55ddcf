// The gradient of the weights of the coordinates: parts of the sums over the cells of coordinates times the gradient, which is summed over the
// batch before. Sums in the order [k, coordinate, tap], or where CHANNELS_LAST [tap, coordinate, k].
struct WeightSum { seen: Coordinates, threads: u32, parts: u32, count: u32 }

@group(0) @binding(0) var<uniform> g: WeightSum;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;

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
  let a = g.seen;
  let taps = a.kernel_d * a.kernel_h * a.kernel_w;
  let slot = index / g.parts;
  let inner = select(taps, a.output.channels, CHANNELS_LAST);
  let outer = slot / inner;
  let c = outer % a.channels;
  let k = select(outer / a.channels, slot % inner, CHANNELS_LAST);
  let tap = select(slot % inner, outer / a.channels, CHANNELS_LAST);
  let reach = vec3u(tap / (a.kernel_h * a.kernel_w), tap / a.kernel_w % a.kernel_h, tap % a.kernel_w);
  var sum = 0.0;
  for (var cell = index % g.parts; cell < g.count; cell += g.parts) {
    let row = cell / a.output.width;
    let d = row / a.output.height;
    let seen = coordinates_seen(d, row - d * a.output.height, cell - row * a.output.width, reach, a);
    sum += seen[c] * f32(dy[select(k * g.count + cell, cell * a.output.channels + k, CHANNELS_LAST)]);
  }
  parts[index] = sum;
}
