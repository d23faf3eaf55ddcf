// The transposed convolution as a problem: output sizes by PyTorch's formula, and refusals in the words of its own call.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { tensorShape } from "../../src/problem/problem.ts";
import { type TransposedDescriptor, transposedGradient, transposedProblem } from "../../src/problem/transposed.ts";
import { refusal } from "../suite/refusal.ts";

const PLAIN: TransposedDescriptor = { inputShape: [2, 6, 4, 5], kernelShape: [6, 3, 3, 4] };

function problem(fields: Record<string, unknown>) {
  return transposedProblem({ ...PLAIN, ...fields });
}

/** The spatial sizes of the transposed convolution's result. */
function sizes(fields: Record<string, unknown>): number[] {
  return tensorShape(problem(fields), "x").slice(2);
}

test("is the backward-data pass of the convolution it is the gradient of", () => {
  const mirrored = problem({ stride: 2 });
  expect(mirrored).toMatchObject({ pass: "backward-data", C: 3, K: 6, input: [1, 9, 12], output: [1, 4, 5] });
  expect(tensorShape(mirrored, "x")).toEqual([2, 3, 9, 12]);
  expect(tensorShape(mirrored, "y")).toEqual([2, 6, 4, 5]);
  expect(tensorShape(mirrored, "w")).toEqual([6, 3, 3, 4]);
});

test("takes both layouts and groups", () => {
  const first = transposedProblem({ inputShape: [2, 6, 4, 5], kernelShape: [6, 4, 3, 4], groups: 3 });
  const last = transposedProblem({
    inputShape: [2, 4, 5, 6],
    kernelShape: [3, 4, 4, 6],
    groups: 3,
    layout: "channels-last",
  });
  expect(last).toEqual({ ...first, layout: "channels-last" });
  expect(tensorShape(first, "x")).toEqual([2, 12, 6, 8]);
  expect(tensorShape(last, "x")).toEqual([2, 6, 8, 12]);
});

test("output sizes are (size - 1) stride - begin - end + dilation (kernel - 1) + outputPadding + 1", () => {
  expect(sizes({})).toEqual([6, 8]);
  expect(sizes({ stride: 2 })).toEqual([9, 12]);
  expect(sizes({ stride: 2, padding: 1 })).toEqual([7, 10]);
  expect(
    sizes({
      stride: [2, 3],
      padding: [
        [1, 0],
        [2, 1],
      ],
      outputPadding: [1, 2],
    }),
  ).toEqual([9, 15]);
  expect(sizes({ dilation: [2, 3] })).toEqual([8, 14]);
  expect(sizes({ padding: "full" })).toEqual([2, 2]);
  expect(sizes({ padding: "same", stride: [2, 3] })).toEqual([8, 15]);
});

test("output padding may reach the stride, below the dilation, and adds cells that no window begins in", () => {
  const long = { inputShape: [1, 1, 5], kernelShape: [1, 1, 3], dilation: 3 };
  const padded = transposedProblem({ ...long, outputPadding: 2 });
  expect(padded).toMatchObject({ input: [1, 1, 13], output: [1, 1, 5] });
  expect(transposedProblem({ ...long, outputShape: [13] })).toEqual(padded);
  // Its gradients: from the 13 cells back to 5, which their number alone does not say.
  const names = { input: "dy.shape", kernel: "w.shape", given: "x.shape" };
  const mirrored = { ...long, inputShape: [1, 1, 13] };
  for (const [outputPadding, shape] of [
    [2, undefined],
    [undefined, [1, 1, 5]],
    [2, [1, 1, 5]],
  ] as const)
    expect(transposedGradient("forward", mirrored, outputPadding, shape && [...shape], names)).toEqual({
      ...padded,
      pass: "forward",
    });
  expect(transposedGradient("forward", mirrored, undefined, undefined, names).output).toEqual([1, 1, 7]);
  expect(refusal(() => transposedGradient("forward", mirrored, undefined, [1, 1, 4], names))).toMatchObject({
    code: "shape-mismatch",
    argument: "x.shape",
    got: "[1, 1, 4]",
  });
});

test("negative padding adds cells around the output", () => {
  expect(sizes({ padding: -1 })).toEqual([8, 10]);
  expect(
    sizes({
      padding: [
        [-2, 1],
        [0, -3],
      ],
      stride: 2,
    }),
  ).toEqual([10, 15]);
});

test("same-lower has the sizes of same, and the odd cell at the other end", () => {
  const same = problem({ padding: "same", stride: [2, 3] });
  const lower = problem({ padding: "same-lower", stride: [2, 3] });
  expect(lower).toEqual({ ...same, padBegin: same.padEnd, padEnd: same.padBegin });
  expect(lower).not.toEqual(same);
});

test("outputShape chooses among the sizes that have this input", () => {
  expect(sizes({ stride: 2, outputShape: [9, 12] })).toEqual([9, 12]);
  expect(sizes({ stride: 2, outputShape: [10, 13] })).toEqual([10, 13]);
  expect(sizes({ stride: 2, padding: "same", outputShape: [7, 10] })).toEqual([7, 10]);
});

describe("refuses", () => {
  test.each<[string, Record<string, unknown>, ConvErrorCode, string, string, string]>([
    ["an input of rank 2", { inputShape: [6, 4] }, "shape-mismatch", "inputShape", "[6, 4]", "3 to 5 sizes"],
    ["a kernel of another rank", { kernelShape: [6, 3, 3] }, "shape-mismatch", "kernelShape", "[6, 3, 3]", "4 sizes"],
    [
      "channels that differ",
      { kernelShape: [5, 3, 3, 4] },
      "shape-mismatch",
      "kernelShape",
      "[5, 3, 3, 4]",
      "6 input channels",
    ],
    ["groups that do not divide", { groups: 4 }, "shape-mismatch", "groups", "4", "divisor of the 6 input channels"],
    ["a stride of 0", { stride: 0 }, "invalid-argument", "stride", "0", "at least 1"],
    ["a dilation of 0", { dilation: [0, 1] }, "invalid-argument", "dilation[0]", "0", "at least 1"],
    [
      "an outputPadding as large as the stride",
      { stride: 2, outputPadding: 2 },
      "invalid-argument",
      "outputPadding",
      "2",
      "at most 1, below the stride",
    ],
    [
      "an outputPadding as large as the dilation",
      { dilation: 3, outputPadding: 3 },
      "invalid-argument",
      "outputPadding",
      "3",
      "at most 2, below the stride or the dilation",
    ],
    [
      "a negative outputPadding",
      { stride: 2, outputPadding: -1 },
      "invalid-argument",
      "outputPadding",
      "-1",
      "at least 0",
    ],
    [
      "outputPadding beside outputShape",
      { stride: 2, outputPadding: 1, outputShape: [10, 13] },
      "invalid-argument",
      "outputPadding",
      "1",
      "none if outputShape",
    ],
    [
      "outputPadding that same padding leaves no room for",
      { stride: 2, padding: "same", outputPadding: 1 },
      "invalid-argument",
      "outputPadding",
      "1",
      'at most 0, with padding "same"',
    ],
    [
      "an outputShape too small",
      { stride: 2, outputShape: [8, 12] },
      "shape-mismatch",
      "outputShape[0]",
      "8",
      "9 to 10 cells for 4 of the input",
    ],
    [
      "an outputShape too large",
      { stride: 2, outputShape: [9, 14] },
      "shape-mismatch",
      "outputShape[1]",
      "14",
      "12 to 13 cells for 5 of the input",
    ],
    [
      "an outputShape smaller than the kernel",
      { outputShape: [1, 1] },
      "shape-mismatch",
      "outputShape[0]",
      "1",
      "6 to 6 cells for 4 of the input",
    ],
    [
      "an outputShape with channels",
      { outputShape: [2, 3, 6, 8] },
      "shape-mismatch",
      "outputShape",
      "[2, 3, 6, 8]",
      "2 spatial sizes",
    ],
    ["a fractional outputShape", { outputShape: [6, 8.5] }, "invalid-argument", "outputShape[1]", "8.5", "at least 1"],
    [
      "padding that leaves nothing",
      { padding: 3 },
      "empty-output",
      "padding (spatial axis 0)",
      "3",
      "at least 1 output cell (this leaves 0)",
    ],
    ["a paddingValue", { paddingValue: 1 }, "invalid-argument", "paddingValue", "1", "0 or none"],
    [
      "an unknown option",
      { outputSize: [6, 8] },
      "unknown-option",
      "descriptor",
      '"outputSize"',
      "outputPadding, outputShape",
    ],
    [
      "an output beyond 32-bit indexing",
      { stride: 20000 },
      "too-large",
      "output",
      "[2, 3, 60003, 80004]",
      "2147483647 elements",
    ],
  ])("%s", (_, fields, code, argument, got, expected) => {
    expect(refusal(() => problem(fields))).toEqual({
      code,
      argument,
      got,
      expected: expect.stringContaining(expected),
    });
  });
});
