// Number theory and rounding-error arithmetic that several folders share. Pure functions.

/** Unit roundoff of float32: the largest relative error of one rounding to nearest. */
export const UNIT_ROUNDOFF = 2 ** -24;

/** gamma_n, the bound on the relative error of n roundings (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1). */
export function gamma(n: number): number {
  return (n * UNIT_ROUNDOFF) / (1 - n * UNIT_ROUNDOFF);
}

/** The greatest common divisor of two non-negative integers. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
