// The entry point of kernels with barriers: calls `workgroup_thread` with the linear index of the workgroup and the index of the invocation in it.
// The last row of a folded grid may have workgroups past the end, whose results the kernel must not store.
// slots: workgroup_thread
@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  workgroup_thread(workgroup_id.y * grid.x + workgroup_id.x, local);
}
