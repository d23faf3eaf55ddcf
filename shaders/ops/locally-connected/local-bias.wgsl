// Defines `bias_of` for a layer with a bias, one value for each output.
// types: E
@group(0) @binding(3) var<storage, read> bias: array<E>;
@group(0) @binding(4) var<storage, read_write> y: array<E>;

fn bias_of(output: u32) -> f32 {
  return f32(bias[output]);
}
