// The gradient before an activation: the gradient after it times the derivative, which is computed from `source`.
// slots: derivative_each
// types: L, V
@group(0) @binding(4) var<storage, read> source: array<V>;

fn before_activation(gradient: L, index: u32) -> L {
  return gradient * derivative_each(L(source[index]));
}
