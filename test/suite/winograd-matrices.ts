// The transform matrices of Winograd's algorithms, and the numbers of a tile that the bounds of src/algorithms/winograd/growth.ts take from them.
import { evaluate, polynomial, powersOf } from "../../src/algorithms/winograd/cook-toom.ts";

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

/** max over i of sum over s of max over l - j = s of T_i(j, l). */
export function amplificationOf({ output, filter, input }: Transforms): number {
  const [points, r] = [filter.length, filter[0]!.length];
  const sums = output.map((row) => {
    let sum = 0;
    for (let shift = 1 - r; shift < points; shift++) {
      let largest = 0;
      for (let j = 0; j < r; j++) {
        if (shift + j < 0 || shift + j >= points) continue;
        const products = row.map((value, p) => Math.abs(value * filter[p]![j]! * input[p]![shift + j]!));
        largest = Math.max(
          largest,
          products.reduce((total, product) => total + product, 0),
        );
      }
      sum += largest;
    }
    return sum;
  });
  return Math.max(...sums);
}

/** max over i of sum over p of |A^T[i, p]| (sum of |G[p]|) (sum of |B^T[p]|). */
export function magnitudeOf({ output, filter, input }: Transforms): number {
  const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + Math.abs(value), 0);
  const rows = output.map((row) =>
    row.reduce((sum, value, p) => sum + Math.abs(value) * total(filter[p]!) * total(input[p]!), 0),
  );
  return Math.max(...rows);
}
