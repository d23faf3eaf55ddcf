// A gradient times the derivative of an activation, of what that is computed from.
// slots: derivative_each
// types: L, V
@group(0) @binding(4) var<storage, read> gate: array<V>;

fn gated(gradient: L, index: u32) -> L {
  return gradient * derivative_each(L(gate[index]));
}
