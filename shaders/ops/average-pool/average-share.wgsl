// Of a mean: an equal share of its gradient.
fn share_of(value: V, place: u32, o: Element) -> V {
  return value / divisor_of(o);
}
