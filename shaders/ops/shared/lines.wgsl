// Lines along an axis, as items of neighbouring ones, and the sum of exponentials along one by its largest element: sum exp(v - most), kept
// up to date as elements come (Milakov and Gimelshein 2018, algorithm 3), with one exponential for each. An item has `inner` others
// between two of its elements.
// types: L
struct Lines { count: u32, size: u32, inner: u32 }

struct Norm { most: L, sum: L }

// The item of the first element of a line.
fn start_of(line: u32, lines: Lines) -> u32 {
  let outer = line / lines.inner;
  return outer * lines.size * lines.inner + line - outer * lines.inner;
}

// Two sums as one. Equal largest elements are taken as such for infinite ones, whose difference is NaN.
fn merged(a: Norm, b: Norm) -> Norm {
  let d = select(b.most - a.most, L(0.0), b.most == a.most);
  let e = exp(-abs(d));
  return Norm(select(a.most, b.most, d > L(0.0)), select(a.sum + b.sum * e, a.sum * e + b.sum, d > L(0.0)));
}

// What a part is of the whole, by the largest element of all, beside which only NaN is not less or equal: exp may lose it.
fn part_of(norm: Norm, most: L) -> L {
  let d = norm.most - most;
  return select(norm.sum * select(d, exp(d), d <= L(0.0)), norm.sum, norm.most == most);
}
