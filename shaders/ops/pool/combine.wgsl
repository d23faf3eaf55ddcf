// What parts of the cells of an output came to, combined.
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
  let o = element_at(index, g.output);
  var state = kept_at(index * g.parts);
  for (var part = 1u; part < g.parts; part++) {
    state = merged(state, kept_at(index * g.parts + part));
  }
  store(index, 0u, state, o);
}
