// The mean and the inverse deviation of each set, from its moments. The running mean and variance move by `momentum` towards the moments of
// the set, with the variance times `unbiased`, n / (n - 1).
// slots: variance_of
// types: M
struct Finish { threads: u32, epsilon: f32, momentum: f32, unbiased: f32 }

@group(0) @binding(0) var<uniform> g: Finish;
@group(0) @binding(1) var<storage, read> moments: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_mean: array<M>;
@group(0) @binding(5) var<storage, read_write> running_variance: array<M>;

fn thread(index: u32) {
  let whole = moments[index];
  let variance = variance_of(whole);
  mean[index] = whole.x;
  inverse[index] = inverseSqrt(variance + g.epsilon);
  let rest = 1.0 - g.momentum;
  running_mean[index] = M(rest * f32(running_mean[index]) + g.momentum * whole.x);
  running_variance[index] = M(rest * f32(running_variance[index]) + g.momentum * (variance * g.unbiased));
}
