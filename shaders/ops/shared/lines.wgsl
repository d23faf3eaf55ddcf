// Lines along an axis, in items of neighbouring lines. Elements of a line lie `inner` items apart.
// types: L, U
struct Lines { count: u32, size: u32, inner: u32, nan: f32 }

// The sum of exponentials along a line relative to its largest element, sum exp(v - largest).
struct Norm {
  largest: L,
  sum: L,
  // Not 0 if the line contains NaN or +Infinity.
  spoilt: U,
}

// The sum of exponentials of a line whose exponentials add up to 1.
fn normalised() -> Norm {
  return Norm(L(0.0), L(1.0), U(0u));
}

// A value of a line, or NaN if its sum of exponentials is not a number: the sum over nothing but -Infinity is 0.
fn unless_infinite(value: L, norm: Norm, lines: Lines) -> L {
  return select(L(lines.nan), value, (norm.spoilt == U(0u)) & (norm.sum > L(0.0)));
}

// The place of the first item of a line.
fn start_of(line: u32, lines: Lines) -> u32 {
  let outer = line / lines.inner;
  return outer * lines.size * lines.inner + line - outer * lines.inner;
}

// exp(d) of a difference that is at most 0. Below -200 it is 0 even to the smallest number, and d may overflow.
fn exp_of(d: L) -> L {
  return exp(max(d, L(-200.0)));
}
