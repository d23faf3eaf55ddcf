// The second step of a split reduction: adds the partial results in order, so that the bits are the same in every run, and finishes with
// the epilogue.
struct Splits {
  elements: u32, splits: u32,
  channels: u32, channel_stride: u32,
}

@group(0) @binding(0) var<uniform> g: Splits;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.elements) {
    return;
  }
  var sum = 0.0;
  for (var split = 0u; split < g.splits; split++) {
    sum += partials[split * g.elements + index];
  }
  y[index] = E(epilogue(sum, (index / g.channel_stride) % g.channels, index));
}
