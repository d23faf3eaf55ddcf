// Without shifts.
// types: V
fn shift_at(parameter: u32) -> V {
  return V(0);
}
