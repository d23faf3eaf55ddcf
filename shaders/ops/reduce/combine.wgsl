// Ways to combine two numbers, beside addition; a kernel uses one of them as `combined`. NaN is detected by its bits, because WGSL lets
// compilers assume that no number is NaN (section 15.7.2).
// types: P, Q
fn times(a: P, b: P) -> P {
  return a * b;
}

fn larger(a: P, b: P) -> P {
  return unless_nan(select(b, a, a > b), a, b);
}

fn smaller(a: P, b: P) -> P {
  return unless_nan(select(b, a, a < b), a, b);
}

fn unless_nan(chosen: P, a: P, b: P) -> P {
  return select(chosen, a + b, max(bitcast<Q>(a) & Q(0x7fffffffu), bitcast<Q>(b) & Q(0x7fffffffu)) > Q(0x7f800000u));
}
