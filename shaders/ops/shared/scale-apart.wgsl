// The scales of four parameters that lie APART.
// constants: APART
// types: P, V
@group(0) @binding(8) var<storage, read> scale: array<P>;

fn scale_at(parameter: u32) -> V {
  return V(
    f32(scale[parameter]),
    f32(scale[parameter + APART]),
    f32(scale[parameter + 2u * APART]),
    f32(scale[parameter + 3u * APART]),
  );
}
