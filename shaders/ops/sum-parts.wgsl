// Adds up the parts of sums, FAN or fewer at a time: [sums, parts] -> [sums, fewer].
struct Parts { threads: u32, parts: u32, fewer: u32 }

@group(0) @binding(0) var<uniform> g: Parts;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<E>;

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
  let start = (index / g.fewer) * g.parts;
  var sum = 0.0;
  for (var part = index % g.fewer; part < g.parts; part += g.fewer) {
    sum += parts[start + part];
  }
  sums[index] = E(sum);
}
