// The functions of two operands and their gradients; a kernel has one of them as `value`.
// slots: first, second, size_bits, third
// constants: INFINITE
// types: L, U

fn product(at: vec3u) -> L {
  return first(at) * second(at);
}

fn quotient(at: vec3u) -> L {
  return first(at) / second(at);
}

// The gradient of a quotient by its divisor.
fn quotient_divisor(at: vec3u) -> L {
  let b = third(at);
  return -(first(at) * (second(at) / b)) / b;
}

// One of two numbers, or NaN if one of them is.
fn unless_nan(chosen: L, a: L, b: L) -> L {
  return select(chosen, a + b, max(size_bits(a), size_bits(b)) > U(INFINITE));
}

fn smaller(at: vec3u) -> L {
  let a = first(at);
  let b = second(at);
  return unless_nan(select(b, a, a < b), a, b);
}

fn larger(at: vec3u) -> L {
  let a = first(at);
  let b = second(at);
  return unless_nan(select(b, a, a > b), a, b);
}

// The gradients of both by the second operand: all of dy, half where both are equal, or nothing.
fn smaller_share(at: vec3u) -> L {
  let v = second(at);
  let other = third(at);
  return select(select(first(at), 0.5 * first(at), v == other), L(0.0), v > other);
}

fn larger_share(at: vec3u) -> L {
  let v = second(at);
  let other = third(at);
  return select(select(first(at), 0.5 * first(at), v == other), L(0.0), v < other);
}

fn truth(holds: L, a: L, b: L) -> L {
  return select(holds, L(0.0), max(size_bits(a), size_bits(b)) > U(INFINITE));
}

fn equals(at: vec3u) -> L {
  let a = first(at);
  let b = second(at);
  return truth(select(L(0.0), L(1.0), a == b), a, b);
}

fn exceeds(at: vec3u) -> L {
  let a = first(at);
  let b = second(at);
  return truth(select(L(0.0), L(1.0), a > b), a, b);
}

fn reaches(at: vec3u) -> L {
  let a = first(at);
  let b = second(at);
  return truth(select(L(0.0), L(1.0), a >= b), a, b);
}
