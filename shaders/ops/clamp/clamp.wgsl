// A number between bounds, and its gradient; a kernel has one of them as `value`. NaN is found by its bits: WGSL lets compilers assume that
// there is none (section 15.7.2).
// slots: first, second
// constants: HAS_HIGH, HAS_LOW, HIGH, LOW
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
  return select(y, v, (bitcast<U>(v) & U(0x7fffffffu)) > U(0x7f800000u));
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
