// The scale where none is given: 1.
// types: V
fn scale_at(parameter: u32) -> V {
  return V(1);
}
