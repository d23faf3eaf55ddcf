// Separates a 2-D kernel into two 1-D kernels whose outer product is closest to it. On the CPU, in float64: kernels are small.
import { refuse } from "../../base/error.ts";
import { checkShape } from "../../base/validate.ts";

/** The two 1-D kernels of a separated 2-D kernel. */
export interface Separated {
  /** The 1-D kernel of the pass along the rows: one number for each column of the kernel. */
  readonly rows: Float64Array;
  /** The 1-D kernel of the pass down the columns: one number for each row of the kernel. */
  readonly columns: Float64Array;
  /**
   * The relative error of columns[r] * rows[s]: the Frobenius norm of the difference, divided by the norm of the kernel; 0 if it is
   * separable.
   */
  readonly error: number;
}

/** An upper bound: Jacobi rotations converge quadratically, rarely in more than ten sweeps. */
const MAX_SWEEPS = 60;

/**
 * The two 1-D kernels whose outer product is closest to a 2-D kernel: its first singular vectors (Eckart and Young, 1936), each times the
 * square root of the singular value. The singular value decomposition uses one-sided Jacobi rotations (Hestenes, 1958; Golub and Van
 * Loan, Matrix Computations, section 8.6.3). Signs are chosen so that the number of `rows` with the largest magnitude is positive.
 *
 * @param kernel its numbers in row-major order, and its shape [rows, columns]
 * @throws ConvError where the kernel has another shape, or a number is not finite
 * @example
 * const { rows, columns, error } = separate({ data: [1, 2, 1, 2, 4, 2, 1, 2, 1], shape: [3, 3] }); // [1, 2, 1] twice, error 0
 */
export function separate(kernel: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }): Separated {
  if (typeof kernel !== "object" || kernel === null || !("data" in kernel) || !("shape" in kernel))
    refuse("invalid-argument", "kernel", kernel, "an object { data, shape }");
  const [R, S] = checkShape("kernel.shape", kernel.shape, [2]) as [number, number];
  const numbers = Array.from(kernel.data);
  if (numbers.length !== R * S)
    refuse("shape-mismatch", "kernel.data.length", numbers.length, `${R * S}, as the shape says`);
  const odd = numbers.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) refuse("invalid-argument", `kernel.data[${odd}]`, numbers[odd], "a finite number");

  // Scale to avoid squares that overflow or vanish.
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return { rows: new Float64Array(S), columns: new Float64Array(R), error: 0 };
  const columns = Array.from({ length: S }, (_, s) =>
    Float64Array.from({ length: R }, (__, r) => numbers[r * S + s]! / largest),
  );
  const rotations = orthogonalise(columns);
  const values = columns.map((column) => Math.hypot(...column));
  const first = values.indexOf(Math.max(...values));
  const value = values[first]!;
  const right = rotations.map((row) => row[first]!);
  const peak = right.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
  const root = Math.sign(peak) * Math.sqrt(value * largest);
  return {
    rows: Float64Array.from(right, (one) => one * root),
    columns: Float64Array.from(columns[first]!, (one) => (one / value) * root),
    error: Math.hypot(...values.filter((_, at) => at !== first)) / Math.hypot(...values),
  };
}

/** Rotates pairs of columns until all are orthogonal: the columns of U S, in place. Returns V of A V = U S. */
function orthogonalise(columns: readonly Float64Array[]): Float64Array[] {
  const S = columns.length;
  const v = Array.from({ length: S }, (_, i) => Float64Array.from({ length: S }, (__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let i = 0; i < S; i++)
      for (let j = i + 1; j < S; j++) {
        const [a, b] = [columns[i]!, columns[j]!];
        const [alpha, beta, gamma] = [dot(a, a), dot(b, b), dot(a, b)];
        if (Math.abs(gamma) <= Number.EPSILON * Math.sqrt(alpha * beta)) continue;
        rotated = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        rotate(a, b, cosine, cosine * tangent);
        for (const row of v) [row[i], row[j]] = rotatedPair(row[i]!, row[j]!, cosine, cosine * tangent);
      }
    if (!rotated) break;
  }
  return v;
}

function rotatedPair(a: number, b: number, cosine: number, sine: number): [number, number] {
  return [cosine * a - sine * b, sine * a + cosine * b];
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let at = 0; at < a.length; at++) [a[at], b[at]] = rotatedPair(a[at]!, b[at]!, cosine, sine);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
