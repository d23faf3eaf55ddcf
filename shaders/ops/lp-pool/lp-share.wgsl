// Of the root of a sum of powers: the gradient times y^(1 - NORM); nothing where y is 0, where there is no derivative.
// slots: raised, stretch_of
// constants: NORM, UNDEFINED
// types: E, Element, V
@group(0) @binding(3) var<storage, read> y: array<E>;

fn share_of(value: V, place: u32, o: Element) -> V {
  let share = value * stretch_of(o);
  if (NORM == 1.0) {
    return share;
  }
  let root = V(y[place]);
  let slope = share / raised(root, NORM - 1.0, UNDEFINED);
  return select(slope, V(0.0), root == V(0.0));
}
