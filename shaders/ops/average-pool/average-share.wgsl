// Of a mean: an equal share of its gradient.
// slots: divisor_of
// types: Element, V
fn share_of(value: V, place: u32, o: Element) -> V {
  return value / divisor_of(o);
}
