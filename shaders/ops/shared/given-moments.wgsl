// Converts given means to float32, and given variances to inverse deviations.
// types: M
struct Given { threads: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> g: Given;
@group(0) @binding(1) var<storage, read> given_mean: array<M>;
@group(0) @binding(2) var<storage, read> given_variance: array<M>;
@group(0) @binding(3) var<storage, read_write> mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> inverse: array<f32>;

fn thread(index: u32) {
  mean[index] = f32(given_mean[index]);
  inverse[index] = inverseSqrt(f32(given_variance[index]) + g.epsilon);
}
