// Lines along an axis, in items of neighbouring lines, and the sum of exponentials along a line relative to its largest element: sum exp(v
// - largest), updated with one exponential for each element (Milakov and Gimelshein 2018, algorithm 3). Elements of a line lie `inner`
// items apart.
// types: L
struct Lines { count: u32, size: u32, inner: u32 }

struct Norm { largest: L, sum: L }

// The place of the first item of a line.
fn start_of(line: u32, lines: Lines) -> u32 {
  let outer = line / lines.inner;
  return outer * lines.size * lines.inner + line - outer * lines.inner;
}

// Merges two sums. Equal largest elements are a separate case, since the difference of two infinities is NaN.
fn merged(a: Norm, b: Norm) -> Norm {
  let d = select(b.largest - a.largest, L(0.0), b.largest == a.largest);
  let e = exp(-abs(d));
  return Norm(select(a.largest, b.largest, d > L(0.0)), select(a.sum + b.sum * e, a.sum * e + b.sum, d > L(0.0)));
}

// A partial sum relative to the largest element of the whole line. Only a difference of NaN is not at most 0; it is passed on as it is,
// since exp may lose it.
fn rescaled_sum(norm: Norm, largest: L) -> L {
  let d = norm.largest - largest;
  return select(norm.sum * select(d, exp(d), d <= L(0.0)), norm.sum, norm.largest == largest);
}
