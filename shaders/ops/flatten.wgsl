// Features of images in rows, where they are already: an invocation copies an element, or four.
struct Flatten { elements: u32 }

@group(0) @binding(0) var<uniform> g: Flatten;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

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
  y[index] = x[index];
}
