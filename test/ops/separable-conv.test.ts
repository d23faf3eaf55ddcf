// The reference of separable convolutions: gradients, separation of kernels, and refusals.
import { describe, expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { separate } from "../../src/ops/index.ts";
import {
  conv,
  separableConv,
  separableConvBackward,
  spatiallySeparableConv,
  spatiallySeparableConvBackward,
} from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { AXIS_CASES } from "./axis-cases.ts";
import { expectGradient } from "./finite-differences.ts";
import { SEPARABLE } from "./separable.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(SEPARABLE)("the gradients of $name", ({ x, depthwise, pointwise, options }) => {
  const [input, first, second] = [random(x, 1), random(depthwise, 2), random(pointwise, 3)];
  const depthwiseBias = random([depthwise[0]!], 4);
  // Smooth activations, for finite differences.
  const all = { ...options, depthwiseBias, depthwiseActivation: "silu" } as const;
  const preActivation = separableConv(input, first, second, all);
  const f = (a: typeof input, b = first, c = second, bias = depthwiseBias) =>
    separableConv(a, b, c, { ...all, depthwiseBias: bias, activation: "tanh" });
  const dy = random(preActivation.shape, 5);
  const got = separableConvBackward(dy, input, first, second, { ...all, activation: "tanh", preActivation });
  expectGradient(got.dx, (a) => f(a as never), input, dy);
  expectGradient(got.ddepthwise, (b) => f(input, b as never), first, dy);
  expectGradient(got.dpointwise, (c) => f(input, first, c as never), second, dy);
  expectGradient(got.ddepthwiseBias!, (bias) => f(input, first, second, bias as never), depthwiseBias, dy);
  const output = f(input);
  expectGradient(
    separableConvBackward(dy, input, first, second, { ...all, activation: "tanh", output }).dx,
    (a) => f(a as never),
    input,
    dy,
  );
});

test.each(AXIS_CASES)("the gradients of $name", ({ x, kernels, options }) => {
  const input = random(x, 1);
  const all = kernels.map((shape, at) => random(shape, at + 2));
  const dy = random(spatiallySeparableConv(input, all, options).shape, 9);
  const { dx, dkernels } = spatiallySeparableConvBackward(dy, input, all, options);
  expectGradient(dx, (a) => spatiallySeparableConv(a, all, options), input, dy);
  dkernels.forEach((dkernel, at) => {
    const f = (kernel: (typeof all)[0]) => spatiallySeparableConv(input, all.with(at, kernel), options);
    expectGradient(dkernel, f as never, all[at]!, dy);
  });
});

describe("separate", () => {
  const outer = (columns: number[], rows: number[]) => ({
    shape: [columns.length, rows.length],
    data: columns.flatMap((a) => rows.map((b) => a * b)),
  });

  test.each([
    [
      [1, 2, 1],
      [-1, 0, 1],
    ],
    [
      [1e-200, 3e-200],
      [1, 2, -4, 5, 6],
    ],
    [[2], [3]],
    [
      [1, 4, 6, 4, 1],
      [1, 4, 6, 4, 1],
    ],
  ])("finds %o times %o", (columns, rows) => {
    const kernel = outer(columns, rows);
    const found = separate(kernel);
    expect(found.error).toBeLessThan(1e-15);
    const again = outer([...found.columns], [...found.rows]).data;
    const largest = Math.max(...kernel.data.map(Math.abs));
    kernel.data.forEach((value, at) => expect(Math.abs(again[at]! - value)).toBeLessThan(1e-14 * largest));
  });

  test("says how far a kernel is from separable", () => {
    // Two orthogonal components of norms 3 and 4: the larger stays.
    expect(separate({ shape: [2, 2], data: [3, 0, 0, 4] }).error).toBeCloseTo(3 / 5, 15);
    expect(separate({ shape: [2, 2], data: [1, 0, 0, 1] }).error).toBeCloseTo(Math.SQRT1_2, 15);
    const kernel = random([5, 7], 3);
    const { rows, columns, error } = separate(kernel);
    const rest = Array.from(kernel.data, (value, at) => value - columns[Math.floor(at / 7)]! * rows[at % 7]!);
    expect(Math.hypot(...rest) / Math.hypot(...kernel.data)).toBeCloseTo(error, 12);
  });

  test("a kernel of zeros is that of zeros", () => {
    expect(separate({ shape: [1, 2], data: [0, 0] })).toEqual({
      rows: new Float64Array(2),
      columns: new Float64Array(1),
      error: 0,
    });
  });

  test("its passes are the convolution", () => {
    const kernel = outer([1, 2, 1], [-1, 0, 1]);
    const { rows, columns } = separate(kernel);
    const x = random([1, 1, 5, 6], 1);
    const y = spatiallySeparableConv(x, [
      { data: columns, shape: [3] },
      { data: rows, shape: [3] },
    ]);
    const wanted = conv(x, { data: kernel.data, shape: [1, 1, 3, 3] });
    wanted.data.forEach((value, at) => expect(y.data[at]).toBeCloseTo(value, 13));
  });

  test.each([
    [{ shape: [4], data: [1, 2, 3, 4] }, "kernel.shape", "shape-mismatch"],
    [{ shape: [2, 2], data: [1, 2, 3] }, "kernel.data.length", "shape-mismatch"],
    [{ shape: [1, 2], data: [1, Number.NaN] }, "kernel.data[1]", "invalid-argument"],
    [[[1, 2]], "kernel", "invalid-argument"],
  ])("refuses %o", (kernel, argument, code) => {
    expect(refusal(() => separate(kernel as never))).toMatchObject({ argument, code });
  });
});

const x = random([1, 2, 5, 5], 1);

test.each([
  [[2, 1, 3, 3], [3, 2, 1, 1], { groups: 2 }, "options", "unknown-option"],
  [[3, 1, 3, 3], [3, 3, 1, 1], {}, "depthwise.shape", "shape-mismatch"],
  [[2, 2, 3, 3], [3, 2, 1, 1], {}, "depthwise.shape", "shape-mismatch"],
  [[2, 1, 3, 3], [3, 4, 1, 1], {}, "pointwise.shape", "shape-mismatch"],
  [[2, 1, 3, 3], [3, 2, 1, 2], {}, "pointwise.shape", "shape-mismatch"],
  [[2, 1, 3, 3], [3, 2, 1, 1], { stride: 0 }, "stride", "invalid-argument"],
])("a separable convolution refuses %o, %o, %o", (depthwise, pointwise, options, argument, code) => {
  const call = () => separableConv(x, random(depthwise, 2), random(pointwise, 3), options as never);
  expect(refusal(call)).toMatchObject({ argument, code });
});

test.each([
  [[[3]], {}, "kernels.length", "shape-mismatch"],
  [[[3], [3, 3]], {}, "kernels[1].shape", "shape-mismatch"],
  [[[3], [6]], {}, "kernels (spatial axis 1)", "empty-output"],
  [[[3], [3]], { paddingValue: 1 }, "options", "unknown-option"],
])("passes along axes refuse %o, %o", (kernels, options, argument, code) => {
  const call = () =>
    spatiallySeparableConv(
      x,
      kernels.map((shape) => random(shape, 2)),
      options as never,
    );
  expect(refusal(call)).toMatchObject({ argument, code });
});
