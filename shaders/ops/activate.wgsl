// An activation, element by element: an invocation has one item, V in storage and L in arithmetic, of four elements or one.
struct Items { count: u32 }

@group(0) @binding(0) var<uniform> g: Items;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

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
  y[index] = V(activate_each(L(x[index])));
}
