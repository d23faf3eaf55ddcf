// The mean of each set, and one over its deviation, of its moments.
struct Finish { sets: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> g: Finish;
@group(0) @binding(1) var<storage, read> moments: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.sets) {
    return;
  }
  let whole = moments[index];
  mean[index] = whole.x;
  inverse[index] = inverseSqrt(whole.y / whole.z + g.epsilon);
}
