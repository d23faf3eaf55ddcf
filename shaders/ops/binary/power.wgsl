// Powers, and their gradients with respect to base and exponent; a kernel has one of them as `value`.
// slots: first, logarithm, natural_log_by, raised, raised_by, second, third
// types: L
fn powers(at: vec3u) -> L {
  return raised(first(at), second(at));
}

fn power_base(at: vec3u) -> L {
  let exponent = third(at);
  return select(first(at) * (exponent * raised(second(at), exponent - 1.0)), L(0.0), exponent == L(0.0));
}

fn power_exponent(at: vec3u) -> L {
  let base = second(at);
  let exponent = third(at);
  let by = logarithm(abs(base));
  return select(first(at) * (raised_by(base, exponent, by) * natural_log_by(base, by)), L(0.0), (base == L(0.0)) & (exponent >= L(0.0)));
}
