import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { createEngine } from "../../src/index.ts";
import { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "../../src/ops/index.ts";
import { axisOf } from "../../src/ops/shared/geometry/axis.ts";
import { linesOf, logSumExp } from "../../src/ops/shared/reference/lines.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type OperationCase, testOperations } from "./suite.ts";

/** Unit roundoff of float32. */
const u = 2 ** -24;

const values = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 10 * v);
const logarithms = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 3 * v - 3);

/**
 * Lines taken by one invocation and by sixteen; four neighbouring lines at once, four numbers of one line, and single numbers; in one
 * block and in several.
 */
const TENSORS: readonly { shape: readonly number[]; axis?: number; log?: boolean }[] = [
  { shape: [3, 12] },
  { shape: [2, 5, 3, 8], log: true },
  { shape: [2, 3, 5, 7] },
  { shape: [3, 264], log: true },
  { shape: [3, 261] },
  { shape: [5, 132] },
  { shape: [5, 67], log: true },
  { shape: [3, 21, 3, 4], log: true },
  { shape: [1, 260, 2, 4] },
  { shape: [2, 3, 5, 4], axis: -1, log: true },
  { shape: [7], axis: 0 },
  { shape: [3, 4, 6], axis: 0 },
  { shape: [1, 3, 2, 3, 4] },
  { shape: [2, 3, 2, 1, 2, 5] },
  { shape: [2, 3, 0] },
];

/** The numbers of each element's line. */
function aroundOf({ data, shape }: NdArray, axis: number): number[][] {
  const around: number[][] = [];
  for (const places of linesOf(shape, axis)) {
    const line = places.map((place) => data[place]!);
    for (const place of places) around[place] = line;
  }
  return around;
}

const cases = TENSORS.flatMap(({ shape, axis, log = false }): OperationCase<never>[] => {
  const size = shape.at(axis ?? Math.min(1, shape.length - 1))!;
  const options = axis === undefined ? {} : { axis };
  const name = `${log ? "log softmax" : "softmax"} of [${shape.join(", ")}]${axis === undefined ? "" : `, axis ${axis}`}`;
  const operation = log ? logSoftmax : softmax;
  const gradient = log ? logSoftmaxBackward : softmaxBackward;
  const forwardReference = log ? reference.logSoftmax : reference.softmax;
  const backwardReference = log ? reference.logSoftmaxBackward : reference.softmaxBackward;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape, values } },
    run: ({ x }) => ({ y: operation(x, options) }),
    reference: ({ x }, layout) => ({ y: forwardReference(x, { ...options, layout }) }),
    // With a difference d <= R = 20 of two elements, an exponential is accurate to (6 + 4 d) u, and to d u more since d is rounded. A term of
    // the sum passes through at most size + 1 exponentials, whose d add up to R, and as many products and sums: (8 size + 8 + 5 R) u.
    bound: ({ x }, layout) => {
      const around = aroundOf(x, axisOf(axis, x.shape, layout));
      const sum = (8 * size + 8 + 5 * 20) * u;
      return {
        y: (place, expected) => {
          // An exponential and a division (2.5 ULP).
          if (!log) return (sum + (6 + 5 * 20 + 5) * u) * expected;
          // The logarithm is accurate to 2^-21 between 1/2 and 2 and to 3 ULP elsewhere; two differences.
          const line = around[place]!;
          const logarithm = logSumExp(line) - Math.max(...line);
          return sum + 2 ** -21 + 6 * u * logarithm + u * 20 + 2 * u * Math.abs(expected);
        },
      };
    },
  };
  const backward: OperationCase<"dy" | "output"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape }, output: { shape, ...(log && { values: logarithms }) } },
    run: ({ dy, output }) => ({ dx: gradient(dy, { ...options, output }) }),
    reference: ({ dy, output }, layout) => ({ dx: backwardReference(dy, { ...options, layout, output }) }),
    bound: ({ dy, output }, layout) => {
      const along = axisOf(axis, dy.shape, layout);
      const [gradients, outputs] = [aroundOf(dy, along), aroundOf(output, along)];
      return {
        dx: (place) => {
          const [size1, y] = [Math.abs(dy.data[place]!), output.data[place]!];
          const terms = gradients[place]!.map((v, at) => Math.abs(log ? v : v * outputs[place]![at]!));
          const sum = terms.reduce((a, b) => a + b);
          // A sum of products, a difference and a product; for the logarithm an exponential of (6 + 4 |y|) u.
          if (!log) return gamma(size + 3) * Math.abs(y) * (size1 + sum);
          return gamma(size + 8 + 4 * Math.abs(y)) * Math.exp(y) * sum + 2 * u * size1;
        },
      };
    },
  };
  return [forward, backward];
});

testOperations(cases);

/** Lines of every mapping to invocations: alone and shared, in items of four lines, of four numbers of a line, and of one number. */
const MAPPED: readonly { size: number; inner: number; count?: number }[] = [
  { size: 8, inner: 1 },
  { size: 5, inner: 1 },
  { size: 264, inner: 1 },
  { size: 261, inner: 1 },
  { size: 264, inner: 1, count: 3 },
  { size: 261, inner: 1, count: 3 },
  { size: 6, inner: 4 },
  { size: 260, inner: 4 },
  { size: 260, inner: 4, count: 3 },
];

/** Lines with NaN and infinities, by the value of each element: at their ends, everywhere, and behind a long masked beginning. */
const LINES: readonly ((at: number, size: number) => number)[] = [
  (at) => (at === 0 ? Number.NaN : at % 3),
  (at, size) => (at === size - 1 ? Number.NaN : -at % 3),
  (at) => (at === 1 ? Number.NaN : -Infinity),
  (at) => (at === 0 ? Infinity : at % 3),
  (at, size) => (at === size - 1 ? Infinity : at % 3),
  (at) => (at === 2 ? Infinity : -Infinity),
  () => -Infinity,
  (at, size) => (at < size - 2 ? -Infinity : at % 2),
  (at, size) => (at < size - 1 ? -Infinity : -3.4e38),
  (at) => (at === 3 ? 3.4e38 : -3.4e38),
  (at) => (at % 2 === 0 ? -Infinity : at % 5),
  (at) => at % 4,
];

it.each(MAPPED)("keeps NaN and infinities of lines of $size, $inner apart, $count at once", async (mapped) => {
  const { size, inner, count = LINES.length } = mapped;
  const engine = await createEngine({ tuning: "forget" });
  for (let first = 0; first < LINES.length; first += count) {
    const shape = [count, size, inner];
    const data = LINES.slice(first, first + count).flatMap((line) =>
      Array.from({ length: size * inner }, (_, at) => Math.fround(line(Math.floor(at / inner), size))),
    );
    const x = engine.tensor(data, shape);
    const array = { data, shape };
    for (const [got, wanted] of [
      [softmax(x, { axis: 1 }), reference.softmax(array, { axis: 1 })],
      [logSoftmax(x, { axis: 1 }), reference.logSoftmax(array, { axis: 1 })],
    ] as const) {
      const read = await got.read();
      wanted.data.forEach((expected, at) => {
        const close = Math.abs(read[at]! - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
        const same = Object.is(read[at], Math.fround(expected)) || close;
        const line = first + Math.floor(at / size / inner);
        expect(same, `element ${at % (size * inner)} of line ${line}: ${read[at]}`).toBe(true);
      });
    }
  }
  engine.destroy();
});

it("keeps NaN of gradients", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const dy = engine.tensor([1, Number.NaN, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4], [3, 4]);
  const output = engine.tensor([0.5, 0.25, 0.25, 0, 0.5, 0.5, Number.NaN, 0, 1, 0, 0, 0], [3, 4]);
  const dx = Array.from(await softmaxBackward(dy, { output, axis: 1 }).read());
  expect(dx.slice(0, 8).every(Number.isNaN)).toBe(true);
  expect(dx.slice(8)).toEqual([0, 0, 0, 0]);
  engine.destroy();
});
