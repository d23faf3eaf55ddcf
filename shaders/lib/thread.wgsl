// The linear index of an invocation in a one-dimensional workgroup, whatever grid of workgroups was dispatched (a grid of more
// than 65535 workgroups is folded into rows).
// constants: WORKGROUP_SIZE
fn thread_index(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return (workgroup.y * grid.x + workgroup.x) * WORKGROUP_SIZE + local;
}
