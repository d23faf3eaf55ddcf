// The transform matrices of Winograd's minimal filtering algorithms F(m, r), by the Cook-Toom construction, in exact fractions:
// y = A^T [(G w) . (B^T d)] gives m outputs of an r-tap correlation from n = m + r - 1 inputs with n multiplications
// (S. Winograd, "Arithmetic complexity of computations", 1980, chapter IV; A. Lavin and S. Gray, "Fast algorithms for convolutional
// neural networks", 2016, section 4; the construction from points as in B. Barabasz et al., "Error analysis and improving the
// accuracy of Winograd convolution for deep neural networks", 2020, section 3).
//
// The points are 0, +-a_1 .. +-a_s and infinity, so n = 2 s + 2. Every matrix row of -a_k is then that of +a_k with the odd terms
// negated: a pair of rows costs one evaluation of its even and one of its odd half. `factors` gives the numbers of that form.
import { ONE, type Rational, ZERO, add, divide, multiply, negate, power, toNumber } from "./rational.ts";

/** Exact matrices by rows. The points are in the order 0, a_1, -a_1, a_2, -a_2, .., infinity. */
export interface Transforms {
  /** A^T, m x n: rows are powers of the points. */
  readonly output: readonly (readonly Rational[])[];
  /** G, n x r: powers of the points, divided by the derivative of the points' polynomial. */
  readonly filter: readonly (readonly Rational[])[];
  /** B^T, n x n: coefficients, by rising degree, of the polynomials that vanish on all finite points but one. */
  readonly input: readonly (readonly Rational[])[];
}

/** The coefficients, by rising degree, of the product of (x - root). */
function polynomial(roots: readonly Rational[]): Rational[] {
  let coefficients = [ONE];
  for (const root of roots) {
    // x * p - root * p
    coefficients = [...coefficients, ZERO].map((_, degree) =>
      add(coefficients[degree - 1] ?? ZERO, multiply(negate(root), coefficients[degree] ?? ZERO)),
    );
  }
  return coefficients;
}

function evaluate(coefficients: readonly Rational[], at: Rational): Rational {
  return coefficients.reduceRight((value, coefficient) => add(multiply(value, at), coefficient), ZERO);
}

/**
 * The matrices of F(m, r).
 * @param pairs a_1 .. a_s, positive and different, with m + r - 1 = 2 s + 2
 */
export function cookToom(m: number, r: number, pairs: readonly Rational[]): Transforms {
  const n = m + r - 1;
  if (n !== 2 * pairs.length + 2) throw new Error(`F(${m}, ${r}) takes ${(n - 2) / 2} pairs of points`);
  const points = [ZERO, ...pairs.flatMap((a) => [a, negate(a)])];
  const powers = (point: Rational, count: number): Rational[] =>
    Array.from({ length: count }, (_, exponent) => power(point, exponent));
  // The point at infinity stands for the leading coefficient.
  const leading = (count: number): Rational[] =>
    Array.from({ length: count }, (_, at) => (at === count - 1 ? ONE : ZERO));
  const others = (point: Rational): Rational[] => points.filter((other) => other !== point);
  const columns = [...points.map((point) => powers(point, m)), leading(m)];
  return {
    output: Array.from({ length: m }, (_, row) => columns.map((column) => column[row]!)),
    filter: [
      ...points.map((point) => {
        const derivative = evaluate(polynomial(others(point)), point);
        return powers(point, r).map((value) => divide(value, derivative));
      }),
      leading(r),
    ],
    input: [...points.map((point) => [...polynomial(others(point)), ZERO]), polynomial(points)],
  };
}

/**
 * The numbers of the even and odd halves, as the shaders use them (s pairs):
 * - `whole` [s + 1]: B^T d at 0 is sum whole[e] d[2e], at infinity sum whole[e] d[2e + 1];
 * - `halves` [s][s]: at +-a_k it is sum halves[k][e] d[2e + 2] +- a_k sum halves[k][e] d[2e + 1];
 * - `outputPowers` [s][m] and `filterPowers` [s][r]: powers of a_k;
 * - `scales` [s + 1]: what the filter's values at 0 and at +-a_1 .. +-a_s are multiplied with.
 */
export interface Factors {
  readonly pairs: readonly number[];
  readonly whole: readonly number[];
  readonly halves: readonly (readonly number[])[];
  readonly outputPowers: readonly (readonly number[])[];
  readonly filterPowers: readonly (readonly number[])[];
  readonly scales: readonly number[];
}

export function factors(transforms: Transforms, pairs: readonly Rational[]): Factors {
  const { input, output, filter } = transforms;
  const s = pairs.length;
  const row = (k: number): number => 2 * k + 1; // of +a_k
  const numbers = (count: number, value: (at: number) => Rational): number[] =>
    Array.from({ length: count }, (_, at) => toNumber(value(at)));
  return {
    pairs: pairs.map(toNumber),
    whole: numbers(s + 1, (e) => input[0]![2 * e]!),
    halves: pairs.map((_, k) => numbers(s, (e) => input[row(k)]![2 * e + 2]!)),
    outputPowers: pairs.map((_, k) => numbers(output.length, (i) => output[i]![row(k)]!)),
    filterPowers: pairs.map((a) => numbers(filter[0]!.length, (j) => power(a, j))),
    scales: [filter[0]![0]!, ...pairs.map((_, k) => filter[row(k)]![0]!)].map(toNumber),
  };
}
