// Operations that broadcast one tensor over another: products, and parametric rectifiers.
import { gamma } from "../../src/base/arithmetic.ts";
import { multiply, multiplyBackward, prelu, preluBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

/** Sums here take at most three levels of 64 terms, and two more additions for items of four elements; each term is a product. */
const SUM = gamma(3 * 64 + 3);

/** Gates of every kind, in items of one and of four, summed in one level and in more. */
const PRODUCTS: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [
    [2, 3, 4, 6],
    [2, 3, 4, 6],
  ],
  [
    [2, 3, 40, 36],
    [2, 3, 1, 1],
  ],
  [
    [2, 4, 5, 7],
    [1, 4, 1, 1],
  ],
  [
    [2, 3, 5, 7],
    [2, 1, 5, 7],
  ],
  [
    [3, 5, 7],
    [1, 1, 1],
  ],
  [
    [2, 3, 2, 3, 4],
    [1, 3, 1, 3, 1],
  ],
  [
    [1, 1, 1],
    [1, 1, 1],
  ],
  [[], []],
  [
    [2, 3, 2, 2, 2, 3, 2, 3],
    [1, 3, 1, 2, 1, 3, 1, 3],
  ],
  [
    [0, 3, 4],
    [1, 3, 4],
  ],
];

const products = PRODUCTS.flatMap(([shape, other]): OperationCase<never>[] => {
  const name = `product of [${shape.join(", ")}] and [${other.join(", ")}]`;
  const forward: OperationCase<"a" | "b"> = {
    name,
    inputs: { a: { shape }, b: { shape: other } },
    run: ({ a, b }) => ({ y: multiply(a, b) }),
    reference: ({ a, b }) => ({ y: reference.multiply(a, b) }),
    bound: () => ({ y: (_, expected) => gamma(1) * Math.abs(expected) }),
  };
  const backward: OperationCase<"dy" | "a" | "b"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape }, a: { shape }, b: { shape: other } },
    run: ({ dy, a, b }) => ({ ...multiplyBackward(dy, a, b) }),
    reference: ({ dy, a, b }) => ({ ...reference.multiplyBackward(dy, a, b) }),
    bound: ({ dy, a, b }) => {
      const { db } = reference.multiplyBackward(magnitudes(dy), magnitudes(a), magnitudes(b));
      return { da: (_, expected) => gamma(1) * Math.abs(expected), db: (at) => SUM * db.data[at]! };
    },
  };
  return [forward, backward];
});

const SLOPES: readonly { shape: readonly number[]; slopes: number }[] = [
  { shape: [2, 3, 4, 5], slopes: 3 },
  { shape: [2, 4, 41, 33], slopes: 4 },
  { shape: [3, 5, 7], slopes: 1 },
  { shape: [33, 8], slopes: 8 },
  { shape: [2, 3, 2, 3, 4], slopes: 1 },
];

const rectifiers = SLOPES.flatMap(({ shape, slopes }): OperationCase<never>[] => {
  const name = `[${shape.join(", ")}] rectified with ${slopes} slopes`;
  const forward: OperationCase<"x" | "slope"> = {
    name,
    inputs: { x: { shape }, slope: { shape: [slopes] } },
    run: ({ x, slope }) => ({ y: prelu(x, slope) }),
    reference: ({ x, slope }, layout) => ({ y: reference.prelu(x, slope, { layout }) }),
    bound: () => ({ y: (_, expected) => gamma(1) * Math.abs(expected) }),
  };
  const backward: OperationCase<"dy" | "x" | "slope"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape }, x: { shape }, slope: { shape: [slopes] } },
    run: ({ dy, x, slope }) => ({ ...preluBackward(dy, x, slope) }),
    reference: ({ dy, x, slope }, layout) => ({ ...reference.preluBackward(dy, x, slope, { layout }) }),
    bound: ({ dy, x, slope }, layout) => {
      // A slope has terms where x <= 0.
      const below = { shape: x.shape, data: Float64Array.from(x.data, (v) => Math.min(v, 0)) };
      const { dslope } = reference.preluBackward(magnitudes(dy), below, slope, { layout });
      return { dx: (_, expected) => gamma(1) * Math.abs(expected), dslope: (at) => SUM * Math.abs(dslope.data[at]!) };
    },
  };
  return [forward, backward];
});

testOperations([...products, ...rectifiers]);
