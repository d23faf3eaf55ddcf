// One of two numbers by a condition, and the gradients of both; a kernel has one of them as `value`. A condition holds if any of its bits but
// that of the sign is set, as those of NaN are.
// slots: first, second, size_bits, third
// types: L, U
fn chosen(at: vec3u) -> L {
  return select(third(at), second(at), size_bits(first(at)) != U(0u));
}

fn where_true(at: vec3u) -> L {
  return select(L(0.0), second(at), size_bits(first(at)) != U(0u));
}

fn where_false(at: vec3u) -> L {
  return select(second(at), L(0.0), size_bits(first(at)) != U(0u));
}
