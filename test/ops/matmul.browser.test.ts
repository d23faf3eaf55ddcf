// Products of matrices: every way in which they are convolutions.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { matmul, matmulBackward } from "../../src/ops/index.ts";
import type { MatmulOptions } from "../../src/ops/matmul/geometry.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const flips = [{}, { transposeB: true }, { transposeA: true }, { transposeA: true, transposeB: true }];

/** Batches, and the sizes of the matrices. */
const PRODUCTS: readonly { batchA: readonly number[]; batchB: readonly number[]; size: readonly number[] }[] = [
  { batchA: [], batchB: [], size: [5, 7, 6] },
  { batchA: [3], batchB: [3], size: [4, 8, 5] },
  { batchA: [2, 3], batchB: [], size: [3, 4, 8] },
  { batchA: [], batchB: [3], size: [4, 5, 6] },
  { batchA: [2, 1], batchB: [3], size: [2, 3, 4] },
];

const matrices = PRODUCTS.flatMap(({ batchA, batchB, size: [rows, terms, columns] }) =>
  flips.map((options: MatmulOptions) => ({
    a: [...batchA, ...(options.transposeA ? [terms!, rows!] : [rows!, terms!])],
    b: [...batchB, ...(options.transposeB ? [columns!, terms!] : [terms!, columns!])],
    options,
  })),
);

const vectors = [
  { a: [6], b: [6], options: {} },
  { a: [6], b: [2, 6, 3], options: {} },
  { a: [2, 3, 6], b: [6], options: {} },
  { a: [2, 0, 3], b: [2, 3, 4], options: {} },
  { a: [2, 3, 0], b: [2, 0, 4], options: {} },
  { a: [0, 2, 3], b: [3, 4], options: {} },
  { a: [0, 2, 3], b: [0, 3, 4], options: {} },
];

type Factors = { a: number[]; b: number[]; options: MatmulOptions };

const forward = ([...matrices, ...vectors] as Factors[]).map(({ a, b, options }): OperationCase<"a" | "b"> => {
  const terms = a.at(options.transposeA ? -2 : -1)!;
  return {
    name: `[${a.join(", ")}] by [${b.join(", ")}] ${Object.keys(options).join(" ")}`,
    inputs: { a: { shape: a, layoutFree: true }, b: { shape: b, layoutFree: true } },
    run: (tensors) => ({ y: matmul(tensors.a, tensors.b, options) }),
    reference: (arrays) => ({ y: reference.matmul(arrays.a, arrays.b, options) }),
    // The sums are those of convolution, by any of its exact algorithms.
    bound: (arrays) => {
      const sizes = reference.matmul(magnitudes(arrays.a), magnitudes(arrays.b), options).data;
      return { y: (at) => gamma(terms + 2) * sizes[at]! };
    },
  };
});

const backward = ([...matrices, ...vectors] as Factors[]).map(({ a, b, options }): OperationCase<"dy" | "a" | "b"> => {
  const empty = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });
  const { shape } = reference.matmul(empty(a), empty(b), options);
  // Every sum, of a gradient and then over a batch, is shorter than all terms together.
  const terms = elementCount(shape) * Math.max(1, elementCount(a));
  return {
    name: `gradient of [${a.join(", ")}] by [${b.join(", ")}] ${Object.keys(options).join(" ")}`,
    inputs: {
      dy: { shape, layoutFree: true },
      a: { shape: a, layoutFree: true },
      b: { shape: b, layoutFree: true },
    },
    run: (tensors) => ({ ...matmulBackward(tensors.dy, tensors.a, tensors.b, options) }),
    reference: (arrays) => ({ ...reference.matmulBackward(arrays.dy, arrays.a, arrays.b, options) }),
    bound: (arrays, _, dtype) => {
      const [dy, one, other] = [arrays.dy, arrays.a, arrays.b].map(magnitudes) as [NdArray, NdArray, NdArray];
      const { da, db } = reference.matmulBackward(dy, one, other, options);
      // The products of each matrix are stored, as halves if the tensors are, before they are summed over the batch.
      const stored = dtype === "f16" ? 2 ** -11 : 0;
      const error = gamma(Math.min(terms, 64) + 4) + stored;
      return { da: (at) => error * da.data[at]!, db: (at) => error * db.data[at]! };
    },
  };
});

testOperations([...forward, ...backward] as OperationCase<never>[]);
