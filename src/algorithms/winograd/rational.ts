// Exact fractions, so that transform matrices are computed without rounding and their identities can be tested exactly.

/** numerator / denominator in lowest terms, the denominator positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [big, small] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (small !== 0n) [big, small] = [small, big % small];
  return big;
}

function fraction(numerator: bigint, denominator: bigint): Rational {
  if (denominator === 0n) throw new Error("a fraction has denominator 0");
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator) * sign;
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The fraction of two integers. */
export function rational(numerator: number, denominator = 1): Rational {
  return fraction(BigInt(numerator), BigInt(denominator));
}

export const ZERO = rational(0);
export const ONE = rational(1);

export function add(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function multiply(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** base^exponent for a whole exponent; 0^0 is 1. */
export function power(base: Rational, exponent: number): Rational {
  return { numerator: base.numerator ** BigInt(exponent), denominator: base.denominator ** BigInt(exponent) };
}

/** The nearest float64, where numerator and denominator are below 2^53. */
export function toNumber(a: Rational): number {
  return Number(a.numerator) / Number(a.denominator);
}
