// The entry point of kernels whose workgroups work together: calls `workgroup_thread` with the linear index of the workgroup and that of the
// invocation in it. Rows of the folded grid may hold workgroups past the end: the kernel leaves their results out.
// slots: workgroup_thread
@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  workgroup_thread(workgroup_id.y * grid.x + workgroup_id.x, local);
}
