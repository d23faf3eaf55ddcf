// Lines along an axis, in items of neighbouring lines, and the sum of exponentials along a line relative to its largest element: sum exp(v
// - largest), updated with one exponential for each element (Milakov and Gimelshein 2018, algorithm 3). Elements of a line lie `inner`
// items apart.
//
// Infinities and NaN take no part in the arithmetic, which compilers may assume to be without them: bits decide what a line contains, and
// at the end the sums of lines that are not all numbers are replaced.
// types: L, U
struct Lines { count: u32, size: u32, inner: u32, nan: f32 }

struct Norm {
  largest: L,
  sum: L,
  // What the line contains: 0: only -Infinity, 1: numbers, and perhaps -Infinity, 2: NaN or +Infinity.
  kind: U,
}

const NEGATIVE_INFINITY = 0xff800000u;
const LOWEST = -3.4028234e38;

// No elements yet.
fn no_norm() -> Norm {
  return Norm(L(LOWEST), L(0.0), U(0u));
}

// The sum of exponentials of a line whose exponentials add up to 1.
fn normalised() -> Norm {
  return Norm(L(0.0), L(1.0), U(1u));
}

// One element.
fn norm_of(v: L) -> Norm {
  let bits = bitcast<U>(v);
  let infinite = (bits & U(0x7fffffffu)) >= U(0x7f800000u);
  let kind = select(select(U(2u), U(0u), bits == U(NEGATIVE_INFINITY)), U(1u), !infinite);
  return Norm(select(v, L(LOWEST), infinite), select(L(1.0), L(0.0), infinite), kind);
}

// A value of a line, or NaN if a sum of its exponentials is none.
fn unless_infinite(value: L, norm: Norm, lines: Lines) -> L {
  return select(L(lines.nan), value, norm.kind == U(1u));
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

// Merges two sums.
fn merged(a: Norm, b: Norm) -> Norm {
  let d = b.largest - a.largest;
  let e = exp_of(-abs(d));
  let up = d > L(0.0);
  return Norm(select(a.largest, b.largest, up), select(a.sum + b.sum * e, a.sum * e + b.sum, up), max(a.kind, b.kind));
}

// A partial sum relative to the largest element of the whole line.
fn rescaled_sum(norm: Norm, largest: L) -> L {
  return norm.sum * exp_of(norm.largest - largest);
}
