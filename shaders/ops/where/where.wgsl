// One of two numbers by a condition, and the gradients of both; a kernel has one of them as `value`. A condition holds if any of its bits but
// that of the sign is set, as those of NaN are: WGSL lets compilers assume that nothing is NaN (section 15.7.2).
// slots: first, second, third
// types: L, U
fn chosen(at: vec3u) -> L {
  return select(third(at), second(at), (bitcast<U>(first(at)) & U(0x7fffffffu)) != U(0u));
}

fn where_true(at: vec3u) -> L {
  return select(L(0.0), second(at), (bitcast<U>(first(at)) & U(0x7fffffffu)) != U(0u));
}

fn where_false(at: vec3u) -> L {
  return select(second(at), L(0.0), (bitcast<U>(first(at)) & U(0x7fffffffu)) != U(0u));
}
