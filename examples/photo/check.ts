// Checks a result: its error against the float64 reference, element by element, as a multiple of the error bound of float32 arithmetic.

/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/**
 * gamma_n = n u / (1 - n u): the relative error bound of a sum of n products in any order, each operation rounded once
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
 */
export function gamma(terms: number): number {
  return (terms * UNIT) / (1 - terms * UNIT);
}

export interface ErrorCheck {
  /** The largest |y - reference| as a multiple of growth * gamma_n * (|x| conv |w|); Infinity if y is not finite. */
  readonly multiple: number;
  readonly ok: boolean;
}

/**
 * Checks y against the reference, element by element.
 * @param reference the result in float64
 * @param magnitudes the same convolution of |x| with |w|, in float64
 * @param terms products in one sum: C / groups * R * S
 * @param growth the algorithm's error bound as a multiple of that of a plain sum
 * @param spreads whether an output's error may come from other outputs' terms (those of its tile): then the bound uses the largest magnitude of
 *   all, so that a black corner of a photograph need not be an exact zero
 */
export function checkResult(
  y: ArrayLike<number>,
  reference: ArrayLike<number>,
  magnitudes: ArrayLike<number>,
  terms: number,
  growth: number,
  spreads = false,
): ErrorCheck {
  if (y.length !== reference.length || magnitudes.length !== reference.length) {
    throw new Error(`the result has ${y.length} elements, the reference ${reference.length}`);
  }
  const scale = growth * gamma(terms);
  let largest = 0;
  if (spreads) for (let index = 0; index < magnitudes.length; index++) largest = Math.max(largest, magnitudes[index]!);
  let multiple = 0;
  for (let index = 0; index < y.length; index++) {
    const error = Math.abs(y[index]! - reference[index]!);
    if (error === 0) continue;
    const ratio = error / (scale * Math.max(magnitudes[index]!, largest));
    multiple = Math.max(multiple, Number.isNaN(ratio) ? Infinity : ratio);
  }
  return { multiple, ok: multiple <= 1 };
}
