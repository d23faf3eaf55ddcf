// The numbers of Winograd's minimal filtering algorithms F(m, r), by the Cook-Toom construction:
// y = A^T [(G w) . (B^T d)] gives m outputs of an r-tap correlation from n = m + r - 1 inputs with n multiplications
// (S. Winograd, "Arithmetic complexity of computations", 1980, chapter IV; A. Lavin and S. Gray, "Fast algorithms for convolutional
// neural networks", 2016, section 4; the construction from points as in B. Barabasz et al., "Error analysis and improving the
// accuracy of Winograd convolution for deep neural networks", 2020, section 3).
//
// The points are 0, +-a_1 .. +-a_s and infinity, so n = 2 s + 2. Every matrix row of -a_k is then that of +a_k with the odd terms
// negated: a pair of rows costs one evaluation of its even and one of its odd half. The kernels take the numbers in that form; the matrices as
// such are in test/suite/winograd-matrices.ts.
//
// With points of few bits everything is exact in float64 except the quotients of G, which are rounded once.

/** The coefficients, by rising degree, of the product of (x - root). */
export function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    // x * p - root * p
    coefficients = [...coefficients, 0].map(
      (coefficient, degree) => (coefficients[degree - 1] ?? 0) - root * coefficient,
    );
  }
  return coefficients;
}

export function evaluate(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((value, coefficient) => value * at + coefficient, 0);
}

/** The powers of a number from 0 on. */
export function powersOf(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => base ** exponent);
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

/**
 * The numbers of F(m, r).
 * @param pairs a_1 .. a_s, positive and different, with m + r - 1 = 2 s + 2
 */
export function factors(m: number, r: number, pairs: readonly number[]): Factors {
  const points = [0, ...pairs, ...pairs.map((a) => -a)];
  /** The coefficients of the polynomial that vanishes on all finite points but one. */
  const vanishing = (point: number): number[] => polynomial(points.filter((other) => other !== point));
  const evens = (point: number): number[] => vanishing(point).filter((_, at) => at % 2 === 0);
  return {
    pairs,
    whole: evens(0),
    halves: pairs.map((a) => evens(a).slice(1)),
    outputPowers: pairs.map((a) => powersOf(a, m)),
    filterPowers: pairs.map((a) => powersOf(a, r)),
    scales: [0, ...pairs].map((point) => 1 / evaluate(vanishing(point), point)),
  };
}
