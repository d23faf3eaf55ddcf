// The functions of one number that WGSL does not have, and derivatives; a kernel has one of them as `activate_each` or `derivative_each`.
// types: L
fn negative(v: L) -> L {
  return -v;
}

fn inverse(v: L) -> L {
  return 1.0 / v;
}

// erf(v) to 2 ULP: odd polynomials near 0, and 1 minus the exponential of one beyond (N. Juffa's minimax approximations).
fn error_function(v: L) -> L {
  let s = v * v;
  let t = min(abs(v), L(8.0));
  let near = ((((-5.96761703e-4 * s + 4.99119423e-3) * s - 2.67681349e-2) * s + 1.12819925e-1) * s - 3.76125336e-1) * s + 1.28379166e-1;
  let high = (-1.7285347e-5 * t + 3.83197126e-4) * t * t + (-3.88396438e-3 * t + 2.42546219e-2);
  let far = ((high * t - 1.06777877e-1) * t - 6.34846687e-1) * t - 1.28717512e-1;
  let tail = 1.0 - exp(far * t - t);
  return select(near * v + v, select(tail, -tail, v < L(0.0)), abs(v) > L(0.92773438));
}

fn inverse_slope(v: L) -> L {
  return -1.0 / v / v;
}

fn root_slope(v: L) -> L {
  return 0.5 / sqrt(v);
}

fn error_slope(v: L) -> L {
  return 1.12837917 * exp(-v * v);
}
