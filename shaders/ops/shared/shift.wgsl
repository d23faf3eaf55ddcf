// The shift of a parameter, or of four.
// types: P, Q, V
@group(0) @binding(9) var<storage, read> shift: array<P>;

fn shift_at(parameter: u32) -> V {
  return V(Q(shift[parameter]));
}
