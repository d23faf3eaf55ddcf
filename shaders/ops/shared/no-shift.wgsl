// The shift where none is given: 0.
// types: V
fn shift_at(parameter: u32) -> V {
  return V(0);
}
