// The biases of four parameters that do not lie side by side.
// types: P, V
@group(0) @binding(9) var<storage, read> bias: array<P>;

fn bias_at(parameter: u32) -> V {
  return V(
    f32(bias[parameter]),
    f32(bias[parameter + g.parameter_stride]),
    f32(bias[parameter + 2u * g.parameter_stride]),
    f32(bias[parameter + 3u * g.parameter_stride]),
  );
}
