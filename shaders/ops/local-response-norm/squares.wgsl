// The terms of window sums: squares of x.
// types: E, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn term(place: u32) -> V {
  let value = V(x[place]);
  return value * value;
}
