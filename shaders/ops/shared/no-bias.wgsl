// The bias where none is given: 0.
// types: V
fn bias_at(parameter: u32) -> V {
  return V(0);
}
