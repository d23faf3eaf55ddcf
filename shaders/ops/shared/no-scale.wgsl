// Without scales.
// types: V
fn scale_at(parameter: u32) -> V {
  return V(1);
}
