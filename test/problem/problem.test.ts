// ConvProblem: every accepted form of an option gives the canonical geometry.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { type ConvDescriptor, convProblem, multiplyAdds, tensorShape } from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import { refusal } from "../suite/refusal.ts";

const PLAIN: ConvDescriptor = { inputShape: [2, 4, 10, 12], kernelShape: [6, 4, 3, 5] };

/** PLAIN with fields replaced by anything at all, as an untyped caller could. */
function descriptor(fields: Record<string, unknown>): ConvDescriptor {
  return { ...PLAIN, ...fields };
}

describe("canonical geometry", () => {
  test("of a 2-D problem with nothing but shapes", () => {
    expect(convProblem("forward", PLAIN)).toEqual({
      pass: "forward",
      rank: 2,
      N: 2,
      C: 4,
      K: 6,
      groups: 1,
      input: [1, 10, 12],
      kernel: [1, 3, 5],
      output: [1, 8, 8],
      stride: [1, 1, 1],
      dilation: [1, 1, 1],
      padBegin: [0, 0, 0],
      padEnd: [0, 0, 0],
      paddingMode: "zeros",
      paddingValue: 0,
      flipped: false,
      layout: "channels-first",
      dtype: "f32",
      epilogue: { bias: false, residual: false, activation: { name: "none", parameter: 0 } },
    });
  });

  test("is the same for both layouts, except for the layout", () => {
    const last = convProblem("forward", {
      inputShape: [2, 10, 12, 4],
      kernelShape: [3, 5, 4, 6],
      layout: "channels-last",
    });
    expect(last).toEqual({ ...convProblem("forward", PLAIN), layout: "channels-last" });
  });

  test("puts unit axes first in 1-D and fills all three in 3-D", () => {
    const line = convProblem("forward", {
      inputShape: [1, 1, 9],
      kernelShape: [1, 1, 3],
      stride: 2,
      dilation: 3,
      padding: 1,
    });
    expect(line).toMatchObject({
      rank: 1,
      input: [1, 1, 9],
      kernel: [1, 1, 3],
      stride: [1, 1, 2],
      dilation: [1, 1, 3],
    });
    expect(line).toMatchObject({ padBegin: [0, 0, 1], padEnd: [0, 0, 1], output: [1, 1, 3] });
    const volume = convProblem("forward", { inputShape: [1, 2, 5, 6, 7], kernelShape: [3, 2, 1, 2, 3] });
    expect(volume).toMatchObject({ rank: 3, input: [5, 6, 7], kernel: [1, 2, 3], output: [5, 5, 5] });
  });

  test("takes every field", () => {
    const problem = convProblem("backward-data", {
      inputShape: [1, 4, 10, 12],
      kernelShape: [6, 2, 3, 5],
      groups: 2,
      stride: [2, 3],
      dilation: [1, 2],
      padding: [
        [1, 2],
        [3, 4],
      ],
      paddingValue: -1.5,
      mode: "convolution",
      bias: true,
      residual: true,
      activation: { name: "leaky-relu", slope: 0.2 },
      activationGradient: { activation: "elu", from: "output" },
    });
    expect(problem.activationGradient).toEqual({
      activation: { name: "elu", parameter: 1 },
      from: "output",
      operand: "dy",
    });
    expect(problem).toMatchObject({ pass: "backward-data", groups: 2, stride: [1, 2, 3], dilation: [1, 1, 2] });
    expect(problem).toMatchObject({ padBegin: [0, 1, 3], padEnd: [0, 2, 4], paddingValue: -1.5, flipped: true });
    expect(problem.output).toEqual([1, 6, 4]);
    expect(problem.epilogue).toEqual({
      bias: true,
      residual: true,
      activation: { name: "leaky-relu", parameter: 0.2 },
    });
  });

  test("is plain data: equal descriptors have equal JSON", () => {
    const one = convProblem("forward", descriptor({ stride: 2, padding: 1 }));
    const other = convProblem(
      "forward",
      descriptor({
        padding: [
          [1, 1],
          [1, 1],
        ],
        stride: [2, 2],
        groups: 1,
      }),
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test.each(["channels-first", "channels-last"] as const)("gives back the shapes of x, w and y, %s", (layout) => {
    const first = layout === "channels-first";
    const inputShape = first ? [2, 4, 10, 12] : [2, 10, 12, 4];
    const kernelShape = first ? [6, 2, 3, 5] : [3, 5, 2, 6];
    const problem = convProblem("forward", { inputShape, kernelShape, groups: 2, layout });
    expect(tensorShape(problem, "x")).toEqual(inputShape);
    expect(tensorShape(problem, "w")).toEqual(kernelShape);
    expect(tensorShape(problem, "y")).toEqual(first ? [2, 6, 8, 8] : [2, 8, 8, 6]);
  });
});

test("output sizes are PyTorch's, floored", () => {
  const output = (fields: Record<string, unknown>): number[] =>
    tensorShape(convProblem("forward", descriptor(fields)), "y");
  expect(output({ stride: 3 })).toEqual([2, 6, 3, 3]);
  expect(output({ stride: [2, 4] })).toEqual([2, 6, 4, 2]);
  expect(output({ dilation: [4, 2] })).toEqual([2, 6, 2, 4]);
  expect(output({ padding: "valid" })).toEqual([2, 6, 8, 8]);
  expect(output({ padding: "same" })).toEqual([2, 6, 10, 12]);
  expect(output({ padding: "same", stride: 3 })).toEqual([2, 6, 4, 4]);
  expect(output({ padding: "full" })).toEqual([2, 6, 12, 16]);
});

test("multiply-adds count every term of the direct method", () => {
  const problem = convProblem("forward", { inputShape: [2, 4, 10, 12], kernelShape: [6, 2, 3, 5], groups: 2 });
  expect(multiplyAdds(problem)).toBe(2 * 6 * 2 * 15 * 64);
});

describe("sumLength", () => {
  const grouped = { inputShape: [2, 4, 10, 12], kernelShape: [6, 2, 3, 5], groups: 2 };

  test("of each pass", () => {
    expect(sumLength(convProblem("forward", grouped))).toBe(2 * 15);
    expect(sumLength(convProblem("backward-data", grouped))).toBe(3 * 15);
    expect(sumLength(convProblem("backward-weights", grouped))).toBe(2 * 64);
  });

  test("of backward-data counts the border cells that repeat one input cell", () => {
    const length = (paddingMode: ConvDescriptor["paddingMode"], padding: ConvDescriptor["padding"]): number =>
      sumLength(convProblem("backward-data", { inputShape: [1, 1, 8], kernelShape: [1, 1, 3], padding, paddingMode }));
    expect(length("zeros", 2)).toBe(3);
    expect(length("reflect", 2)).toBe(3 * 3);
    expect(length("circular", [[2, 0]])).toBe(3 * 2);
    expect(length("replicate", [[2, 4]])).toBe(3 * 5);
  });
});

describe("activations", () => {
  const activation = (option: unknown) =>
    convProblem("forward", descriptor({ activation: option })).epilogue.activation;

  test("have their usual parameters unless given", () => {
    expect(activation("relu")).toEqual({ name: "relu", parameter: 0 });
    expect(activation("leaky-relu")).toEqual({ name: "leaky-relu", parameter: 0.01 });
    expect(activation({ name: "elu" })).toEqual({ name: "elu", parameter: 1 });
    expect(activation({ name: "elu", alpha: 0.5 })).toEqual({ name: "elu", parameter: 0.5 });
    expect(activation({ name: "leaky-relu", slope: 0 })).toEqual({ name: "leaky-relu", parameter: 0 });
  });

  test.each<[unknown, ConvErrorCode, string, string, string]>([
    ["swish", "invalid-argument", "activation", '"swish"', '"silu"'],
    [{ name: "swish" }, "invalid-argument", "activation.name", '"swish"', '"silu"'],
    [{ name: "leaky-relu", slope: NaN }, "invalid-argument", "activation.slope", "NaN", "finite"],
    [{ name: "leaky-relu", alpha: 1 }, "unknown-option", "activation", '"alpha"', "no option but name, slope"],
    [{ name: "relu", slope: 1 }, "unknown-option", "activation", '"slope"', "no option but name"],
    [3, "invalid-argument", "activation", "3", "object of options"],
  ])("refused: %j", (option, code, argument, got, expected) => {
    expect(refusal(() => activation(option))).toEqual({
      code,
      argument,
      got,
      expected: expect.stringContaining(expected),
    });
  });
});
