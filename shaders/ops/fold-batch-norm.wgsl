// What the weights of each channel are multiplied by, and its bias, for a batch normalisation that is folded into them.
struct Fold { channels: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> mean: array<M>;
@group(0) @binding(2) var<storage, read> variance: array<M>;
@group(0) @binding(3) var<storage, read_write> factor: array<f32>;
@group(0) @binding(4) var<storage, read_write> folded: array<R>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = thread_index(workgroup, grid, local);
  if (channel >= g.channels) {
    return;
  }
  let by = scale_at(channel) * inverseSqrt(f32(variance[channel]) + g.epsilon);
  factor[channel] = by;
  folded[channel] = R((bias_at(channel) - f32(mean[channel])) * by + shift_at(channel));
}
