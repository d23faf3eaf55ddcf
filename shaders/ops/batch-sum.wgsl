// The sum of each element of an image over the batch. load comes from load.wgsl.
struct Sum { elements: u32, batch: u32 }

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(2) var<storage, read_write> y: array<Y>;

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
  for (var n = 0u; n < g.batch; n++) {
    sum += load(n * g.elements + index);
  }
  y[index] = Y(sum);
}
