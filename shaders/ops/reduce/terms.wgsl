// The terms of reductions, and their gradients; a kernel has one of them as `value`. The operands after the first are broadcast over it: the
// result, if the term depends on it, and in gradients the gradient of the result.
// slots: first, second, third
// types: L
fn square(at: vec3u) -> L {
  return first(at) * first(at);
}

fn magnitude(at: vec3u) -> L {
  return abs(first(at));
}

// 1 where an element is the result.
fn equals(at: vec3u) -> L {
  return select(L(0.0), L(1.0), first(at) == second(at));
}

fn share(at: vec3u) -> L {
  return select(L(0.0), third(at), first(at) == second(at));
}

// The gradient of a root of a sum of squares; 0 where all elements are.
fn root_slope(at: vec3u) -> L {
  let root = second(at);
  return select(third(at) * (first(at) / root), L(0.0), root == L(0.0));
}

fn magnitude_slope(at: vec3u) -> L {
  return second(at) * sign(first(at));
}

fn square_slope(at: vec3u) -> L {
  return 2.0 * second(at) * first(at);
}

fn ratio(at: vec3u) -> L {
  return first(at) / second(at);
}
