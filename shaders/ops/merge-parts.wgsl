// One level of putting parts together: an invocation makes one of up to 64 of an owner.
struct Merge { parts: u32, left: u32, threads: u32 }

@group(0) @binding(0) var<uniform> g: Merge;
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<storage, read> given: array<vec4f>;

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
  let owner = index / g.left;
  let part = index - owner * g.left;
  var whole = given[owner * g.parts + part];
  for (var other = part + g.left; other < g.parts; other += g.left) {
    whole = merged(whole, given[owner * g.parts + other]);
  }
  results[index] = whole;
}
