// The shift of a parameter, or of four.
@group(0) @binding(9) var<storage, read> shift: array<P>;

fn shift_at(parameter: u32) -> V {
  return V(Q(shift[parameter]));
}
