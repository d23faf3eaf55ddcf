// A term of the gradient of a slope: x dy where x is not above 0.
// slots: total
// types: L, P, V
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(3) var<storage, read> x: array<V>;

fn term(at: u32) -> P {
  let v = L(x[at]);
  return total(select(v * L(dy[at]), L(0.0), v > L(0.0)));
}
