// A term of the gradient of a factor: dy times the other factor.
// slots: total
// types: L, P, V
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(3) var<storage, read> factor: array<V>;

fn term(at: u32) -> P {
  return total(L(dy[at]) * L(factor[at]));
}
