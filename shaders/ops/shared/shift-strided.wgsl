// The shifts of four parameters at a distance of PARAMETER_STRIDE.
// constants: PARAMETER_STRIDE
// types: P, V
@group(0) @binding(9) var<storage, read> shift: array<P>;

fn shift_at(parameter: u32) -> V {
  return V(
    f32(shift[parameter]),
    f32(shift[parameter + PARAMETER_STRIDE]),
    f32(shift[parameter + 2u * PARAMETER_STRIDE]),
    f32(shift[parameter + 3u * PARAMETER_STRIDE]),
  );
}
