// What each line counts in a mean: the weight of its class, 0 where that is to be ignored. Beside nothing, as sum-pairs has it.
// slots: class_of, number_of, thread_index, weight_of, where_it_counts
// types: Entropy
@group(0) @binding(0) var<uniform> g: Entropy;
@group(0) @binding(4) var<storage, read_write> pairs: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let line = thread_index(workgroup, grid, local);
  if (line >= g.lines.count) {
    return;
  }
  let class_at = class_of(line);
  pairs[line] = vec2f(0.0, where_it_counts(weight_of(number_of(class_at)), class_at));
}
