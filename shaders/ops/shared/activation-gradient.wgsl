// A gradient times the derivative of an activation computed from the second operand.
// slots: derivative_each, first, second
// types: L
fn value(at: vec3u) -> L {
  return first(at) * derivative_each(second(at));
}
