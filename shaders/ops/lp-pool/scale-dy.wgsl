// Lp pooling: scales the gradient of an output y by y^(1 - NORM), or by 0 where y is 0 and has no derivative.
// slots: raised, stretch_of
// constants: NORM, UNDEFINED
// types: E, Element, V
@group(0) @binding(3) var<storage, read> y: array<E>;

fn scaled_dy(dy: V, index: u32, o: Element) -> V {
  let stretched = dy * stretch_of(o);
  if (NORM == 1.0) {
    return stretched;
  }
  let root = V(y[index]);
  let slope = stretched / raised(root, NORM - 1.0, UNDEFINED);
  return select(slope, V(0.0), root == V(0.0));
}
