// Invalid arrays of every convolution of the reference; option-refusals.test.ts has the invalid options.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import {
  ConvError,
  type NdArray,
  conv,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  convProblem,
  convTranspose,
  backwardBias,
  backwardData,
  backwardWeights,
  forward,
  forwardSum,
  transposed,
  transposedProblem,
} from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";
import { integers } from "./support.ts";

const x = integers([1, 2, 5, 6], 1);
const w = integers([4, 2, 3, 3], 2);
const dy = integers([1, 4, 3, 4], 3);

type Case = [string, () => unknown, ConvErrorCode, string, string, string];
/** Any value where an NdArray should be. */
const anything = (value: unknown): NdArray => value as NdArray;

const arrays: Case[] = [
  ["no array", () => conv(anything(undefined), w), "invalid-argument", "x", "undefined", "{ data, shape }"],
  ["a bare array", () => conv(anything([1, 2, 3]), w), "invalid-argument", "x", "[1, 2, 3]", "{ data, shape }"],
  [
    "no shape",
    () => conv(x, anything({ data: [1] })),
    "invalid-argument",
    "w",
    "an object with keys [data]",
    "{ data, shape }",
  ],
  [
    "a shape of rank 2",
    () => conv({ data: [1, 2], shape: [1, 2] }, w),
    "shape-mismatch",
    "x.shape",
    "[1, 2]",
    "3 to 5 sizes",
  ],
  [
    "a kernel of another rank",
    () => conv(x, { data: [1, 2], shape: [1, 2, 1] }),
    "shape-mismatch",
    "w.shape",
    "[1, 2, 1]",
    "4 sizes",
  ],
  [
    "a fractional size",
    () => conv({ data: [1], shape: [1, 1, 0.5] }, w),
    "invalid-argument",
    "x.shape[2]",
    "0.5",
    "at least 0",
  ],
  [
    "too few numbers",
    () => conv({ data: [1, 2, 3], shape: [1, 1, 2, 2] }, w),
    "shape-mismatch",
    "x.data",
    "3 numbers",
    "4",
  ],
  [
    "nested arrays",
    () => conv(anything({ data: [[1], [2]], shape: [1, 1, 2] }), w),
    "invalid-argument",
    "x.data[0]",
    "[1]",
    "a number",
  ],
  [
    "text",
    () => conv(anything({ data: "abcd", shape: [1, 1, 2, 2] }), w),
    "invalid-argument",
    "x.data",
    '"abcd"',
    "array of numbers",
  ],
  [
    "bigints",
    () => conv(anything({ data: new BigInt64Array(4), shape: [1, 1, 2, 2] }), w),
    "invalid-argument",
    "x.data[0]",
    "0",
    "a number",
  ],
  [
    "bytes without a type",
    () => conv(anything({ data: new ArrayBuffer(4), shape: [1, 1, 2, 2] }), w),
    "invalid-argument",
    "x.data",
    "a ArrayBuffer",
    "array of numbers",
  ],
  [
    "a hole",
    () => conv(anything({ data: Array(4), shape: [1, 1, 2, 2] }), w),
    "invalid-argument",
    "x.data[0]",
    "undefined",
    "a number",
  ],
  ["a bad dy", () => convBackwardBias(anything(null)), "invalid-argument", "dy", "null", "{ data, shape }"],
];

/** Options of any kind, as an untyped caller could write them. */
const options = (value: object): object => value;

const shapes: Case[] = [
  ["a bias of another length", () => conv(x, w, { bias: [1, 2] }), "shape-mismatch", "bias", "2 numbers", "4"],
  [
    "a bias of another shape",
    () => conv(x, w, { bias: { data: [1, 2], shape: [2] } }),
    "shape-mismatch",
    "bias.shape",
    "[2]",
    "[4]",
  ],
  [
    "a bias of rank 2",
    () => conv(x, w, { bias: { data: [1, 2, 3, 4], shape: [1, 4] } }),
    "shape-mismatch",
    "bias.shape",
    "[1, 4]",
    "1 sizes",
  ],
  [
    "a bias that is null",
    () => conv(x, w, options({ bias: null })),
    "invalid-argument",
    "bias",
    "null",
    "array of numbers",
  ],
  [
    "a residual of another shape",
    () => conv(x, w, { residual: x }),
    "shape-mismatch",
    "residual.shape",
    "[1, 2, 5, 6]",
    "[1, 4, 3, 4]",
  ],
  [
    "a bare residual",
    () => conv(x, w, options({ residual: [1] })),
    "invalid-argument",
    "residual",
    "[1]",
    "{ data, shape }",
  ],
  [
    "a transposed bias of another length",
    () => convTranspose(dy, w, { bias: [1, 2, 3, 4] }),
    "shape-mismatch",
    "bias",
    "4 numbers",
    "2",
  ],
  [
    "a dy of another shape",
    () => convBackwardData(dy, w, { inputShape: x.shape, padding: 1 }),
    "shape-mismatch",
    "dy.shape",
    "[1, 4, 3, 4]",
    "[1, 4, 5, 6]",
  ],
  [
    "a dy of another shape for the weights",
    () => convBackwardWeights(x, x, { kernelShape: w.shape }),
    "shape-mismatch",
    "dy.shape",
    "[1, 2, 5, 6]",
    "[1, 4, 3, 4]",
  ],
  [
    "no inputShape",
    () => convBackwardData(dy, w, options({}) as { inputShape: number[] }),
    "shape-mismatch",
    "inputShape",
    "undefined",
    "3 to 5 sizes",
  ],
  [
    "a kernelShape that does not fit",
    () => convBackwardWeights(x, dy, { kernelShape: [4, 1, 3, 3] }),
    "shape-mismatch",
    "kernelShape",
    "[4, 1, 3, 3]",
    "2 channels a group",
  ],
];

describe.each([
  ["arrays", arrays],
  ["shapes", shapes],
] as const)("%s", (_, cases) => {
  test.each(cases)("%s", (__, act, code, argument, got, expected) => {
    expect(refusal(act)).toEqual({ code, argument, got, expected: expect.stringContaining(expected) });
  });
});

test("flat arrays of another length than the problem's are refused by every low-level function", () => {
  const problem = convProblem("forward", { inputShape: x.shape, kernelShape: w.shape });
  const short = [1, 2, 3];
  const refused: [() => unknown, string, number][] = [
    [() => forwardSum(problem, short, w.data), "x", 60],
    [() => forward(problem, x.data, short), "w", 72],
    [() => backwardData(problem, short, w.data), "dy", 48],
    [() => backwardWeights(problem, x.data, short), "dy", 48],
    [() => backwardBias(problem, short), "dy", 48],
  ];
  for (const [act, argument, count] of refused) {
    expect(refusal(act)).toEqual({
      code: "shape-mismatch",
      argument,
      got: "3 numbers",
      expected: expect.stringContaining(`${count}`),
    });
  }
});

test("bias and residual are refused where the problem has none, and missed where it has them", () => {
  const plain = convProblem("forward", { inputShape: x.shape, kernelShape: w.shape });
  const biased = convProblem("forward", { inputShape: x.shape, kernelShape: w.shape, bias: true });
  const mirrored = transposedProblem({ inputShape: dy.shape, kernelShape: w.shape, residual: true });
  const bias = [1, 2, 3, 4];
  expect(refusal(() => forward(plain, x.data, w.data, { bias }))).toEqual({
    code: "invalid-argument",
    argument: "bias",
    got: "[1, 2, 3, 4]",
    expected: expect.stringContaining("none"),
  });
  expect(refusal(() => forward(biased, x.data, w.data))).toEqual({
    code: "invalid-argument",
    argument: "bias",
    got: "undefined",
    expected: expect.stringContaining("4 numbers"),
  });
  expect(refusal(() => transposed(mirrored, dy.data, w.data))).toEqual({
    code: "invalid-argument",
    argument: "residual",
    got: "undefined",
    expected: expect.stringContaining("60 numbers"),
  });
});

test("a refusal is an Error with a name", () => {
  const error = new ConvError("unsupported", "text");
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.code, error.message]).toEqual(["ConvError", "unsupported", "text"]);
});
