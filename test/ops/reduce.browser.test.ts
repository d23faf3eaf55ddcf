// Reductions over any axes: in items and one by one, in one level and two, over axes that lie together and apart.
import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { createEngine } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import { type ReduceOptions, reducedOf } from "../../src/ops/reduce/geometry.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const u = 2 ** -24;

/** The functions by name. */
const calls = { ...operations };
const references = { ...reference };

const REDUCED: readonly { shape: readonly number[]; options: ReduceOptions }[] = [
  { shape: [2, 3, 4, 8], options: {} },
  { shape: [2, 3, 4, 8], options: { axes: [2, -1], keepDimensions: true } },
  { shape: [2, 3, 5, 4], options: { axes: [1] } },
  { shape: [2, 3, 5, 3], options: { axes: [0, 2] } },
  { shape: [3, 500], options: { axes: [1] } },
  { shape: [500, 3], options: { axes: [0] } },
  { shape: [2, 1, 2, 2, 1, 3], options: { axes: [1, 3, 4] } },
  { shape: [], options: {} },
];

const positive = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 1.5 + v);
/** Few different values, so that several elements are the largest. */
const tied = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.round(2 * v));

type Name =
  | "reduceSum"
  | "reduceMean"
  | "reduceMax"
  | "reduceMin"
  | "reduceProduct"
  | "reduceL1"
  | "reduceL2"
  | "reduceSumSquare"
  | "reduceLogSum"
  | "reduceLogSumExp";

interface Kind {
  readonly name: Name;
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** The largest error of a result, from the sum of the magnitudes of its terms and the bound on a sum of magnitude 1. */
  readonly error: (expected: number, magnitude: number, sum: number) => number;
}

const KINDS: readonly Kind[] = [
  { name: "reduceSum", error: (_, magnitude, sum) => sum * magnitude },
  // The factor is rounded.
  { name: "reduceMean", error: (_, magnitude, sum) => (sum + 2 * u) * magnitude },
  { name: "reduceMax", values: tied, error: () => 0 },
  { name: "reduceMin", values: tied, error: () => 0 },
  { name: "reduceProduct", values: (count) => new Float32Array(count).fill(1), error: () => 0 },
  { name: "reduceL1", error: (expected, _, sum) => sum * expected },
  // A root is accurate to 2.5 ULP, and halves the relative error of the sum.
  { name: "reduceL2", error: (expected, _, sum) => (sum + 6 * u) * expected },
  { name: "reduceSumSquare", error: (expected, _, sum) => (sum + u) * expected },
  // A logarithm is accurate to 1 ULP.
  {
    name: "reduceLogSum",
    values: positive,
    error: (expected, _, sum) => sum + 2 * u * Math.abs(expected),
  },
  // Differences of at most 2, rounded, whose exponentials are accurate to 2 ULP.
  {
    name: "reduceLogSumExp",
    error: (expected, _, sum) => sum + 6 * u + 2 * u * (1 + Math.abs(expected)),
  },
];

const forward = REDUCED.flatMap(({ shape, options }) =>
  KINDS.map(({ name, values, error }): OperationCase<"x"> => {
    const { terms } = reducedOf(shape, options);
    // At most 64 additions on each level, of which there are two for up to 4096 terms.
    const sum = gamma(Math.min(terms, 128) + 4);
    return {
      name: `${name} of [${shape.join(", ")}] over ${options.axes?.join(", ") ?? "all"}`,
      inputs: { x: { shape, layoutFree: true, ...(values && { values }) } },
      run: ({ x }) => ({ y: calls[name](x, options) }),
      reference: ({ x }) => ({ y: references[name](x, options) }),
      bound: ({ x }) => {
        const sizes = reference
          .reduceSum(magnitudes(x), options)
          .data.map((v) => (name === "reduceMean" ? v / terms : v));
        return { y: (at, expected) => error(expected, sizes[at]!, sum) };
      },
    };
  }),
);

const SPREAD = ["reduceSumBackward", "reduceMeanBackward"] as const;

const spread = REDUCED.flatMap(({ shape, options }) =>
  SPREAD.map((name): OperationCase<"dy"> => {
    const { shape: own } = reducedOf(shape, options);
    const all = { ...options, inputShape: shape };
    return {
      name: `${name} of [${shape.join(", ")}] over ${options.axes?.join(", ") ?? "all"}`,
      inputs: { dy: { shape: own, layoutFree: true } },
      run: ({ dy }) => ({ dx: calls[name](dy, all) }),
      reference: ({ dy }) => ({ dx: references[name](dy, all) }),
      bound: () => ({ dx: (_, expected) => 2 * u * Math.abs(expected) }),
    };
  }),
);

const GRADIENTS = ["reduceMax", "reduceMin", "reduceL1", "reduceL2", "reduceSumSquare", "reduceLogSumExp"] as const;

const gradients = REDUCED.flatMap(({ shape, options }) =>
  GRADIENTS.map((name): OperationCase<"dy" | "x"> => {
    const { shape: own } = reducedOf(shape, options);
    const backward = `${name}Backward` as const;
    return {
      name: `${backward} of [${shape.join(", ")}] over ${options.axes?.join(", ") ?? "all"}`,
      inputs: { dy: { shape: own, layoutFree: true }, x: { shape, layoutFree: true, values: tied } },
      run: ({ dy, x }) => {
        if (backward === "reduceL1Backward" || backward === "reduceSumSquareBackward")
          return { dx: calls[backward](dy, x, options) };
        using y = calls[name](x, options);
        return { dx: calls[backward](dy, x, y, options) };
      },
      reference: ({ dy, x }) => {
        if (backward === "reduceL1Backward" || backward === "reduceSumSquareBackward")
          return { dx: references[backward](dy, x, options) };
        return { dx: references[backward](dy, x, references[name](x, options), options) };
      },
      // The result, as stored, has the error of its sum; then a division (2.5 ULP), products, and an exponential of at most 7.
      bound: (_, __, dtype) => {
        const result = gamma(128) * (name === "reduceLogSumExp" ? 8 : 1) + 2 ** -21 + (dtype === "f16" ? 2 ** -8 : 0);
        const exact = name === "reduceL1" || name === "reduceMax" || name === "reduceMin";
        return { dx: (___, expected) => ((exact ? 0 : result) + 12 * u) * Math.abs(expected) };
      },
    };
  }),
);

testOperations([...forward, ...spread, ...gradients] as OperationCase<never>[]);

/** Pairs of results that an invocation computes on a software adapter, in one part and in two, and fours. */
it.each([
  [3, 2050],
  [70, 1026],
  [2, 16_384],
])("reduces [%s, %s] over the first axis", async (rows, columns) => {
  const engine = await createEngine({ tuning: "forget" });
  const at = (row: number, column: number): number => ((row * 31 + column * 17) % 101) - 50;
  const data = Array.from({ length: rows * columns }, (_, place) => at(Math.floor(place / columns), place % columns));
  const x = engine.tensor(data, [rows, columns]);
  const ofColumn = Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, (__, row) => at(row, column)),
  );
  const sums = await operations.reduceSum(x, { axes: [0] }).read();
  expect(Array.from(sums)).toEqual(ofColumn.map((terms) => terms.reduce((a, b) => a + b)));
  const largest = await operations.reduceMax(x, { axes: [0] }).read();
  expect(Array.from(largest)).toEqual(ofColumn.map((terms) => Math.max(...terms)));
  engine.destroy();
});

it("reduces nothing, NaN and infinities", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const nothing = engine.tensor([], [2, 0]);
  const read = async (tensor: { read(): Promise<ArrayLike<number>> }) => Array.from(await tensor.read());
  expect(await read(operations.reduceSum(nothing, { axes: [1] }))).toEqual([0, 0]);
  expect(await read(operations.reduceMean(nothing, { axes: [1] }))).toEqual([Number.NaN, Number.NaN]);
  expect(await read(operations.reduceProduct(nothing, { axes: [1] }))).toEqual([1, 1]);
  expect(() => operations.reduceMax(nothing, { axes: [1] })).toThrow("x.shape");
  expect(operations.reduceMax(nothing, { axes: [0] }).shape).toEqual([0]);
  const [nan, inf] = [Number.NaN, Infinity];
  for (const size of [4, 5, 300]) {
    const rows = [
      [nan, 1],
      [1, nan],
      [inf, 1],
      [-inf, 1],
      [-inf, -inf],
    ];
    const data = rows.flatMap(([first, last]) =>
      Array.from({ length: size }, (_, at) => (at === 0 ? first! : at === size - 1 ? last! : last === -inf ? -inf : 0)),
    );
    const x = engine.tensor(data, [rows.length, size]);
    const options = { axes: [1] };
    expect(await read(operations.reduceMax(x, options)), `${size}`).toEqual([nan, nan, inf, 1, -inf]);
    expect(await read(operations.reduceMin(x, options)), `${size}`).toEqual([nan, nan, 0, -inf, -inf]);
    const sums = await read(operations.reduceLogSumExp(x, options));
    expect([sums[0], sums[1], sums[2], sums[4]]).toEqual([nan, nan, inf, -inf]);
    expect(sums[3]).toBeCloseTo(Math.log(size - 2 + Math.E), 5);
  }
  expect(elementCount([])).toBe(1);
  engine.destroy();
});
