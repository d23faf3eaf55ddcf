// The divisor of all losses: the sum of the weights of all lines.
@group(0) @binding(6) var<storage, read> weight_sum: array<f32>;

fn divisor() -> f32 {
  return weight_sum[0];
}
