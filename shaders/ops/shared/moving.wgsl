// The scale of a set in the gradient of a division by its norm: 0 where the norm is below the least one, and so a constant.
// constants: LIMIT
@group(0) @binding(8) var<storage, read> inverse: array<f32>;

fn scale_at(in_set: u32) -> f32 {
  return select(0.0, 1.0, inverse[in_set] < LIMIT);
}
