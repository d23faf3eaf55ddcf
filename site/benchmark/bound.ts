// The error bound of a result.
//
// A plan states its error for plain sums: |y - exact| <= errorGrowth * gamma_n * conv(|x|, |w|) for sums of n terms, gamma_n being that of
// Higham, Accuracy and Stability of Numerical Algorithms, section 3.1. The ground truth may err too, at most as a sequential float32 sum
// does (errorGrowth 1): hence errorGrowth + 1. The largest of the sums over magnitudes stands for all, since with Winograd and FFT the
// error of an output follows its whole tile. FFT's is stated by the tile's energy, n rms(x) rms(w) = n / 3 for uniform numbers, where the
// magnitudes add up to n / 4 on average: the factor 2 covers that, and `find` uses it too. n + 3 leaves room for the partial sums that are
// added at the end.
import type { ConvProblem } from "convoke";

const SLACK = 2;

/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

export function gamma(n: number): number {
  return (n * UNIT) / (1 - n * UNIT);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum * size, 1);
}

type Sizes = Pick<ConvProblem, "pass" | "N" | "C" | "K" | "groups" | "kernel" | "output">;

/** Counts the terms in one sum of a pass. Padding here is zeros only, which repeat no input. */
export function termsOf({ pass, N, C, K, groups, kernel, output }: Sizes): number {
  if (pass === "backward-weights") return N * product(output);
  return ((pass === "forward" ? C : K) / groups) * product(kernel);
}

/** Counts the multiply-adds of the direct method. */
export function multiplyAddsOf({ N, C, K, groups, kernel, output }: Sizes): number {
  return N * K * (C / groups) * product(kernel) * product(output);
}

/**
 * Returns the largest error that rounding explains.
 * @param largest the largest of the sums over magnitudes
 */
export function errorBound(problem: Sizes & Pick<ConvProblem, "dtype">, errorGrowth: number, largest: number): number {
  // Half precision has 11 bits, so neighbours differ by at most 2^-10 of their size; below 2^-14 the spacing is 2^-24.
  const storing = problem.dtype === "f16" ? 2 ** -10 * largest + 2 ** -24 : 0;
  return SLACK * (errorGrowth + 1) * gamma(termsOf(problem) + 3) * largest + storing;
}
