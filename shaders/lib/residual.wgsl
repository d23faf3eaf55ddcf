// A tensor of the output's shape, added before the activation.
// types: Y
@group(0) @binding(5) var<storage, read> residual: array<Y>;

fn load_residual(index: u32) -> f32 {
  return f32(residual[index]);
}
