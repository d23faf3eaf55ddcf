// CPU reference of products of matrices and of their gradients, in float64.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { placesIn } from "../shared/geometry/broadcast.ts";
import { MATMUL_KEYS, type MatmulOptions, type Product, productOf } from "./geometry.ts";

/** `matmul` of convoke/ops, in float64. */
export function matmul(a: NdArray, b: NdArray, options: MatmulOptions = {}): Float64NdArray {
  checkOptions("options", options, MATMUL_KEYS);
  const [left, right] = [checkNdArray("a", a, RANKS), checkNdArray("b", b, RANKS)];
  const product = productOf(left.shape, right.shape, options);
  const y = new Float64Array(elementCount(product.shape));
  forEachTerm(product, (at, one, other) => (y[at]! += left.data[one]! * right.data[other]!));
  return { data: y, shape: product.shape };
}

/** `matmulBackward` of convoke/ops, in float64. */
export function matmulBackward(
  dy: NdArray,
  a: NdArray,
  b: NdArray,
  options: MatmulOptions = {},
): { da: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, MATMUL_KEYS);
  const [left, right] = [checkNdArray("a", a, RANKS), checkNdArray("b", b, RANKS)];
  const product = productOf(left.shape, right.shape, options);
  const gradient = checkNdArray("dy", dy, RANKS);
  checkShapeIs("dy", gradient.shape, product.shape);
  const [da, db] = [new Float64Array(left.data.length), new Float64Array(right.data.length)];
  forEachTerm(product, (at, one, other) => {
    da[one]! += gradient.data[at]! * right.data[other]!;
    db[other]! += gradient.data[at]! * left.data[one]!;
  });
  return { da: { data: da, shape: left.shape }, db: { data: db, shape: right.shape } };
}

/** Visits each product of two elements: its place in the result, in a and in b. */
function forEachTerm(product: Product, visit: (at: number, one: number, other: number) => void): void {
  const { transposeA, transposeB, rows, terms, columns, batchA, batchB, batch } = product;
  const matricesB = placesIn(batchB, batch);
  placesIn(batchA, batch).forEach((matrixA, matrix) => {
    const startA = matrixA * rows * terms;
    const startB = matricesB[matrix]! * terms * columns;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let term = 0; term < terms; term++)
          visit(
            (matrix * rows + row) * columns + column,
            startA + (transposeA ? term * rows + row : row * terms + term),
            startB + (transposeB ? column * terms + term : term * columns + column),
          );
  });
}
