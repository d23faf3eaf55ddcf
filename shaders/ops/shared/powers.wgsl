// Logarithms and powers to the base 2, more accurate than those of WGSL: a logarithm is the sum of two numbers, `high` of 12 bits, so that
// products with it are exact or keep about 30 bits. The truncations by bits hold against compilers that reassociate.
// slots: size_bits
// constants: INFINITE
// types: I, L, U
struct Logarithm { high: L, low: L }

// The leading 12 bits of a number.
fn leading(v: L) -> L {
  return bitcast<L>(bitcast<U>(v) & U(0xfffff000u));
}

// log2 of a positive, finite number. With x = m 2^e, m from sqrt(1/2) on, it is e + 2 artanh(s) / ln 2 with s = (m - 1) / (m + 1). The first
// 10 bits of s are split off, since their products with those of m + 1 and of 2 / ln 2 are exact. The exponent stays where it is in a number:
// shifting vectors is slow in SwiftShader.
fn logarithm(x: L) -> Logarithm {
  let tiny = x < L(1.17549435e-38);
  let bits = bitcast<I>(select(x, x * 16777216.0, tiny));
  let exponent = (bits - I(0x3f3504f3)) & I(-0x800000);
  let m = bitcast<L>(bits - exponent);
  let e = L(exponent) * 1.1920928955078125e-7 - select(L(0.0), L(24.0), tiny);
  let n = m - 1.0;
  let d = m + 1.0;
  let by = 1.0 / d;
  let near = bitcast<L>(bitcast<U>(m) & U(0xffffc000u));
  let s = bitcast<L>(bitcast<U>(n * by) & U(0xffffc000u));
  let rest = ((n - s * (near + 1.0)) - s * (m - near)) * by;
  let q = (s + rest) * (s + rest);
  let series = q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0)))));
  let top = 2.8828125 * s;
  let low = 2.88539008 * (rest + (s + rest) * series) + 0.0025775818 * s;
  let high = leading(e + top);
  return Logarithm(high, ((e - high) + top) + low);
}

// 2 to the power of head + tail, which is from -250 to 250: a polynomial, 1 at 0, with the least relative error up to 1/2 (under 2^-28), scaled in
// two steps. Adding 1.5 * 2^23 rounds to an integer, which then lies in the last bits.
fn two_to(head: L, tail: L) -> L {
  let n = bitcast<I>((head + tail) + 12582912.0);
  let whole = L(n - I(0x4b400000));
  let half = bitcast<I>(0.5 * whole + 12582912.0);
  let f = (head - whole) + tail;
  let p = 1.0 + f * (0.69314718 + f * (0.24022648 + f * (0.05550329 + f * (0.0096183736 + f * (0.0013399848 + f * 0.00015370705)))));
  return p * bitcast<L>((half + I(127)) * I(0x800000)) * bitcast<L>((n - half + I(127)) * I(0x800000));
}

// The number of some bits: no constant can be infinite or NaN.
fn of_bits(bits: u32) -> L {
  return bitcast<L>(U(bits));
}

const NOT_A_NUMBER = 0x7fc00000u;

// exp(v) to 2 ULP: v times log2 e, whose first 10 bits are split off.
fn natural_exp(v: L) -> L {
  let y = min(max(v, L(-110.0)), L(90.0));
  let near = leading(y);
  let power = two_to(1.4423828125 * near, 0.00031222839 * near + 1.44269504 * (y - near));
  return select(power, v, size_bits(v) > U(INFINITE));
}

// log(v) to 1 ULP.
fn natural_log(v: L) -> L {
  return natural_log_by(v, logarithm(v));
}

// log(v) from the logarithm of its magnitude to the base 2.
fn natural_log_by(v: L, log: Logarithm) -> L {
  var y = 0.693115234375 * log.high + (0.000031946185 * log.high + 0.69314718 * log.low);
  y = select(y, -of_bits(INFINITE), v == L(0.0));
  y = select(y, v, size_bits(v) >= U(INFINITE));
  return select(y, of_bits(NOT_A_NUMBER), v < L(0.0));
}

// x to the power of y, with the special cases of C's `pow`.
fn raised(x: L, y: L) -> L {
  return raised_by(x, y, logarithm(abs(x)));
}

// x to the power of y, from the logarithm of the magnitude of x to the base 2. An infinite y leaves the range of `two_to`.
// min and max take less time than clamp on software adapters, where that handles NaN.
fn raised_by(x: L, y: L, by: Logarithm) -> L {
  let size = abs(x);
  let near = leading(y);
  let head = near * by.high;
  let tail = select(near * by.low + (y - near) * (by.high + by.low), L(0.0), abs(head) > L(250.0));
  var power = two_to(min(max(head, L(-250.0)), L(250.0)), tail);
  let inverse = bitcast<L>(U(INFINITE) - size_bits(x));
  power = select(power, select(inverse, size, y > L(0.0)), (size == L(0.0)) | (size_bits(x) == U(INFINITE)));
  power = select(power, L(1.0), size == L(1.0));
  let whole = floor(y) == y;
  let odd = whole & (floor(0.5 * y) != 0.5 * y);
  power = select(power, -power, (bitcast<I>(x) < I(0)) & odd);
  power = select(power, of_bits(NOT_A_NUMBER), (x < L(0.0)) & !whole & (size_bits(x) != U(INFINITE)));
  power = select(power, x + y, max(size_bits(x), size_bits(y)) > U(INFINITE));
  return select(power, L(1.0), (x == L(1.0)) | (y == L(0.0)));
}
