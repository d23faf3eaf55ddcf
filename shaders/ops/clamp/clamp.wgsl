// A number between bounds, and its gradient; a kernel has one of them as `value`.
// slots: first, second, size_bits
// constants: HAS_HIGH, HAS_LOW, HIGH, INFINITE, LOW
// types: L, U
fn clamped(at: vec3u) -> L {
  let v = first(at);
  var y = v;
  if (HAS_LOW) {
    y = select(y, L(LOW), y < L(LOW));
  }
  if (HAS_HIGH) {
    y = select(y, L(HIGH), y > L(HIGH));
  }
  return select(y, v, size_bits(v) > U(INFINITE));
}

fn clamped_gradient(at: vec3u) -> L {
  let v = second(at);
  var dx = first(at);
  if (HAS_LOW) {
    dx = select(L(0.0), dx, v >= L(LOW));
  }
  if (HAS_HIGH) {
    dx = select(L(0.0), dx, v <= L(HIGH));
  }
  return dx;
}
