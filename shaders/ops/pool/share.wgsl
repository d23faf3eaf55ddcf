// What each cell of a window gets of a gradient, as far as it is the same for all of them.
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> shares: array<V>;

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
  shares[index] = share_of(V(dy[index]), index, element_at(index, g.output));
}
