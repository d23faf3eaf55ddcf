// The scales of four parameters at a distance of PARAMETER_STRIDE.
// constants: PARAMETER_STRIDE
// types: P, V
@group(0) @binding(8) var<storage, read> scale: array<P>;

fn scale_at(parameter: u32) -> V {
  return V(
    f32(scale[parameter]),
    f32(scale[parameter + PARAMETER_STRIDE]),
    f32(scale[parameter + 2u * PARAMETER_STRIDE]),
    f32(scale[parameter + 3u * PARAMETER_STRIDE]),
  );
}
