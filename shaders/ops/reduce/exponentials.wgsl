// The terms of a sum of exponentials, logarithms of sums, and the gradient; a kernel has one of them as `value`.
// exp(v - largest), of which the largest is 1. An infinite largest number is not subtracted: Infinity - Infinity would be NaN.
// slots: first, natural_exp, natural_log, second, third
// types: L, U
fn relative_exp(at: vec3u) -> L {
  return natural_exp(first(at) - shift_of(second(at)));
}

// The logarithm of a sum, and that of a sum of exponentials.
fn log_of_sum(at: vec3u) -> L {
  return natural_log(first(at));
}

fn log_of_exponentials(at: vec3u) -> L {
  return natural_log(first(at)) + shift_of(second(at));
}

fn shift_of(largest: L) -> L {
  return select(largest, L(0.0), (bitcast<U>(largest) & U(0x7fffffffu)) == U(0x7f800000u));
}

fn exp_slope(at: vec3u) -> L {
  return third(at) * natural_exp(first(at) - second(at));
}
