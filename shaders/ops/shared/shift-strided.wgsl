// The shifts of four parameters that do not lie side by side.
// types: P, V
@group(0) @binding(9) var<storage, read> shift: array<P>;

fn shift_at(parameter: u32) -> V {
  return V(
    f32(shift[parameter]),
    f32(shift[parameter + g.parameter_stride]),
    f32(shift[parameter + 2u * g.parameter_stride]),
    f32(shift[parameter + 3u * g.parameter_stride]),
  );
}
