// The entry point of kernels without barriers: calls `thread` with the linear index of each of g.threads invocations. A dispatch of more than
// 65535 workgroups is folded into rows (gridFor in src/kernel/step.ts).
// slots: thread
// constants: WORKGROUP_SIZE
@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup_id.y * grid.x + workgroup_id.x) * WORKGROUP_SIZE + local;
  if (index >= g.threads) {
    return;
  }
  thread(index);
}
