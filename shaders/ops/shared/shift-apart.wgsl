// The shifts of four parameters that lie APART.
// constants: APART
// types: P, V
@group(0) @binding(9) var<storage, read> shift: array<P>;

fn shift_at(parameter: u32) -> V {
  return V(
    f32(shift[parameter]),
    f32(shift[parameter + APART]),
    f32(shift[parameter + 2u * APART]),
    f32(shift[parameter + 3u * APART]),
  );
}
