// The transform matrices of Winograd's minimal filtering algorithms F(m, r), by the Cook-Toom construction:
// y = A^T [(G w) . (B^T d)] gives m outputs of an r-tap correlation from n = m + r - 1 inputs with n multiplications
// (S. Winograd, "Arithmetic complexity of computations", 1980, chapter IV; A. Lavin and S. Gray, "Fast algorithms for convolutional
// neural networks", 2016, section 4; the construction from points as in B. Barabasz et al., "Error analysis and improving the
// accuracy of Winograd convolution for deep neural networks", 2020, section 3).
//
// The points are 0, +-a_1 .. +-a_s and infinity, so n = 2 s + 2. Every matrix row of -a_k is then that of +a_k with the odd terms
// negated: a pair of rows costs one evaluation of its even and one of its odd half. `factors` gives the numbers of that form.
//
// With points of few bits everything is exact in float64 except the quotients of G, which are rounded once.

/** Matrices by rows. The points are in the order 0, a_1, -a_1, a_2, -a_2, .., infinity. */
export interface Transforms {
  /** A^T, m x n: rows are powers of the points. */
  readonly output: Matrix;
  /** The numerators of G, n x r: powers of the points. */
  readonly powers: Matrix;
  /** The denominators of G: the derivative of the points' polynomial at each of them, 1 at infinity. */
  readonly divisors: readonly number[];
  /** G, n x r. */
  readonly filter: Matrix;
  /** B^T, n x n: coefficients, by rising degree, of the polynomials that vanish on all finite points but one. */
  readonly input: Matrix;
}

type Matrix = readonly (readonly number[])[];

/** The coefficients, by rising degree, of the product of (x - root). */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    // x * p - root * p
    coefficients = [...coefficients, 0].map(
      (coefficient, degree) => (coefficients[degree - 1] ?? 0) - root * coefficient,
    );
  }
  return coefficients;
}

function evaluate(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((value, coefficient) => value * at + coefficient, 0);
}

/** The powers of a number from 0 on. */
function powersOf(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => base ** exponent);
}

/**
 * The matrices of F(m, r).
 * @param pairs a_1 .. a_s, positive and different, with m + r - 1 = 2 s + 2
 */
export function cookToom(m: number, r: number, pairs: readonly number[]): Transforms {
  const n = m + r - 1;
  if (n !== 2 * pairs.length + 2) throw new Error(`F(${m}, ${r}) takes ${(n - 2) / 2} pairs of points`);
  const points = [0, ...pairs.flatMap((a) => [a, -a])];
  // The point at infinity stands for the leading coefficient.
  const columns = (count: number): number[][] => [
    ...points.map((point) => powersOf(point, count)),
    powersOf(0, count).toReversed(),
  ];
  const vanishing = points.map((point) => polynomial(points.filter((other) => other !== point)));
  const powers = columns(r);
  const divisors = [...points.map((point, at) => evaluate(vanishing[at]!, point)), 1];
  const outputColumns = columns(m);
  return {
    output: Array.from({ length: m }, (_, row) => outputColumns.map((column) => column[row]!)),
    powers,
    divisors,
    filter: powers.map((row, at) => row.map((power) => power / divisors[at]!)),
    input: [...vanishing.map((row) => [...row, 0]), polynomial(points)],
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

export function factors({ output, powers, divisors, input }: Transforms, pairs: readonly number[]): Factors {
  const row = (k: number): number => 2 * k + 1; // of +a_k
  const evens = (values: readonly number[]): number[] => values.filter((_, at) => at % 2 === 0);
  return {
    pairs,
    whole: evens(input[0]!),
    halves: pairs.map((_, k) => evens(input[row(k)]!).slice(1)),
    outputPowers: pairs.map((a) => powersOf(a, output.length)),
    filterPowers: pairs.map((_, k) => powers[row(k)]!),
    scales: [0, ...pairs.map((_, k) => row(k))].map((at) => 1 / divisors[at]!),
  };
}
