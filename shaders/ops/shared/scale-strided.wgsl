// The scales of four parameters that do not lie side by side.
// types: P, V
@group(0) @binding(8) var<storage, read> scale: array<P>;

fn scale_at(parameter: u32) -> V {
  return V(
    f32(scale[parameter]),
    f32(scale[parameter + g.parameter_stride]),
    f32(scale[parameter + 2u * g.parameter_stride]),
    f32(scale[parameter + 3u * g.parameter_stride]),
  );
}
