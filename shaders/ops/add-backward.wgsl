// The gradients of a sum with respect to both terms.
struct Sum { count: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> da: array<V>;
@group(0) @binding(3) var<storage, read_write> db: array<V>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.count) {
    return;
  }
  let gradient = gated(L(dy[index]), index);
  da[index] = V(gradient);
  db[index] = V(g.scale * gradient);
}
