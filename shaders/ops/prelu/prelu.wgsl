// The parametric rectifier and its gradients; a kernel has one of them as `value`.
// slots: first, second, third
// types: L
fn rectified(at: vec3u) -> L {
  let v = first(at);
  return select(v, second(at) * v, v < L(0.0));
}

// The gradient of x: dy, times the slope where x is not above 0.
fn rectified_slope(at: vec3u) -> L {
  let dy = first(at);
  return select(dy * third(at), dy, second(at) > L(0.0));
}

// A term of the gradient of a slope: x dy where x is not above 0.
fn slope_term(at: vec3u) -> L {
  let v = second(at);
  return select(v * first(at), L(0.0), v > L(0.0));
}
