// The factor of the weights of each channel, and its bias, for a batch normalisation folded into them.
// slots: bias_at, conv_bias_at, scale_at
// types: M, R
struct Fold { threads: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> mean: array<M>;
@group(0) @binding(2) var<storage, read> variance: array<M>;
@group(0) @binding(3) var<storage, read_write> factor: array<f32>;
@group(0) @binding(4) var<storage, read_write> folded: array<R>;

fn thread(channel: u32) {
  let by = scale_at(channel) * inverseSqrt(f32(variance[channel]) + g.epsilon);
  factor[channel] = by;
  folded[channel] = R((conv_bias_at(channel) - f32(mean[channel])) * by + bias_at(channel));
}
