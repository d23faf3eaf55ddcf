// The shapes of products of matrices. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { checkBoolean } from "../../base/validate.ts";
import { aligned, broadcastShape } from "../shared/geometry/broadcast.ts";

/** The options of `matmul`. */
export interface MatmulOptions {
  /** Whether a holds the transposes of its matrices, false by default. */
  transposeA?: boolean;
  /** Whether b holds the transposes of its matrices, false by default. */
  transposeB?: boolean;
}

export const MATMUL_KEYS = ["transposeA", "transposeB"];

/** A product of batches of matrices: [rows, terms] by [terms, columns]. */
export interface Product {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly rows: number;
  readonly terms: number;
  readonly columns: number;
  /** The batches of both, with as many axes as the result's: some may be 1 where the other's are not. */
  readonly batchA: readonly number[];
  readonly batchB: readonly number[];
  readonly batch: readonly number[];
  /** The shape of the result; a vector takes part as a matrix, whose axis the result lacks. */
  readonly shape: number[];
}

/**
 * The product of two shapes by NumPy's rules.
 * @throws ConvError naming the invalid argument
 */
export function productOf(a: readonly number[], b: readonly number[], options: MatmulOptions): Product {
  const transposeA = checkBoolean("transposeA", options.transposeA ?? false);
  const transposeB = checkBoolean("transposeB", options.transposeB ?? false);
  for (const [name, shape, transposed] of [
    ["a", a, transposeA],
    ["b", b, transposeB],
  ] as const) {
    if (shape.length === 0)
      refuse("shape-mismatch", `${name}.shape`, shape, "a vector, a matrix or a batch of matrices");
    if (shape.length === 1 && transposed)
      refuse("invalid-argument", `transpose${name.toUpperCase()}`, true, "none for a vector");
  }
  const [matrixA, matrixB] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  const [rows, terms] = ends(matrixA, transposeA);
  const [otherTerms, columns] = ends(matrixB, transposeB);
  if (terms !== otherTerms)
    refuse("shape-mismatch", "b.shape", b, `matrices of ${terms} rows, as those of a have columns`);
  const [ownA, ownB] = [matrixA.slice(0, -2), matrixB.slice(0, -2)];
  const batch = broadcastShape({ "a.shape": ownA, "b.shape": ownB });
  const [batchA, batchB] = [aligned(ownA, batch.length), aligned(ownB, batch.length)];
  const shape = [...batch, ...(a.length === 1 ? [] : [rows]), ...(b.length === 1 ? [] : [columns])];
  return { transposeA, transposeB, rows, terms, columns, batchA, batchB, batch, shape };
}

/** Rows and columns of the matrices of a shape. */
function ends(shape: readonly number[], transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}
