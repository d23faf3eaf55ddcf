// Defines `bias_of` for a layer without a bias.
// types: E
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn bias_of(output: u32) -> f32 {
  return 0.0;
}
