// The gradients of the reference: adjoints of each other, and equal to finite differences of the forward and the transposed convolution.
import { describe, expect, test } from "vitest";
import { checkActivation } from "../../src/problem/activation.ts";
import { tensorShape } from "../../src/problem/problem.ts";
import {
  type ConvDescriptor,
  type ReferenceTransposeOptions,
  activationDerivative,
  backwardBias,
  backwardData,
  backwardWeights,
  convBackwardBias,
  convProblem,
  convTranspose,
  convTransposeBackwardData,
  convTransposeBackwardWeights,
  forward,
  forwardSum,
} from "../../src/reference.ts";
import { count, floats, inner, integers } from "./support.ts";

const PROBLEMS: Record<string, ConvDescriptor> = {
  plain: { inputShape: [2, 3, 6, 7], kernelShape: [4, 3, 3, 3], padding: 1 },
  "strided, dilated, asymmetric": {
    inputShape: [1, 2, 7, 8],
    kernelShape: [3, 2, 3, 2],
    stride: [2, 3],
    dilation: [1, 2],
    padding: [
      [0, 2],
      [3, 1],
    ],
  },
  "grouped, flipped": { inputShape: [2, 4, 5, 5], kernelShape: [6, 2, 3, 3], groups: 2, mode: "convolution" },
  "depthwise, reflect": {
    inputShape: [1, 3, 6, 5],
    kernelShape: [3, 1, 3, 3],
    groups: 3,
    padding: 2,
    paddingMode: "reflect",
  },
  "replicate, channels-last": {
    inputShape: [2, 4, 5, 2],
    kernelShape: [3, 3, 2, 3],
    padding: 3,
    paddingMode: "replicate",
    layout: "channels-last",
  },
  "circular 1-D": { inputShape: [2, 2, 7], kernelShape: [2, 2, 4], padding: 3, paddingMode: "circular", stride: 2 },
  "constant 3-D": { inputShape: [1, 2, 4, 3, 5], kernelShape: [2, 2, 2, 3, 2], padding: 1, paddingValue: 2 },
};

describe("adjoint: <conv(x, w), dy> = <x, backwardData(dy, w)> = <w, backwardWeights(x, dy)>", () => {
  test.each(Object.entries(PROBLEMS))("%s", (_, descriptor) => {
    const problem = convProblem("forward", descriptor);
    const x = integers(tensorShape(problem, "x"), 1).data;
    const w = integers(tensorShape(problem, "w"), 2).data;
    const dy = integers(tensorShape(problem, "y"), 3).data;
    const product = inner(forwardSum(problem, x, w), dy);
    expect(product).not.toBe(0);
    expect(inner(w, backwardWeights(problem, x, dy))).toBe(product);
    // With a padding constant y is linear in x except for what the constant adds.
    const border = forwardSum(problem, Array<number>(x.length).fill(0), w);
    expect(inner(x, backwardData(problem, dy, w)) + inner(border, dy)).toBe(product);
  });
});

// Central differences with this step in float64: the rounding error is about 2^-52 / 1e-6 = 2e-10 times the loss, the error of
// the method 1e-12 times its third derivative, both far below the tolerances.
const STEP = 1e-6;

/** Compares a gradient with central differences of a function of the array, at every element. */
function expectGradient(loss: (values: number[]) => number, at: readonly number[], gradient: ArrayLike<number>): void {
  expect(gradient.length).toBe(at.length);
  at.forEach((value, i) => {
    const moved = (by: number): number => loss(at.with(i, value + by));
    const difference = (moved(STEP) - moved(-STEP)) / (2 * STEP);
    expect(Math.abs(gradient[i]! - difference), `element ${i}`).toBeLessThanOrEqual(1e-5 + 1e-3 * Math.abs(difference));
  });
}

describe("finite differences of <r, activation(conv(x, w) + bias + residual)>", () => {
  const activations = [
    "tanh",
    "gelu",
    "silu",
    { name: "leaky-relu", slope: 0.3 },
    "sigmoid",
    "elu",
    "hard-swish",
  ] as const;

  test.each(Object.entries(PROBLEMS).map(([name, descriptor], i) => [name, descriptor, activations[i]!] as const))(
    "%s",
    (_, descriptor, activation) => {
      const problem = convProblem("forward", { ...descriptor, bias: true, residual: true, activation });
      const yShape = tensorShape(problem, "y");
      const x = floats(tensorShape(problem, "x"), 4).data;
      const w = floats(tensorShape(problem, "w"), 5).data;
      const bias = floats([problem.K], 6).data;
      const residual = floats(yShape, 7).data;
      const r = floats(yShape, 8).data;
      const loss = (input: number[], weights: number[], offsets: number[]): number =>
        inner(r, forward(problem, input, weights, { bias: offsets, residual }));

      const linear = convProblem("forward", { ...descriptor, bias: true, residual: true });
      const sums = forward(linear, x, w, { bias, residual });
      const dy = r.map((value, i) => value * activationDerivative(checkActivation("activation", activation), sums[i]!));
      expect(dy.length).toBe(count(yShape));
      expectGradient((values) => loss(values, w, bias), x, backwardData(problem, dy, w));
      expectGradient((values) => loss(x, values, bias), w, backwardWeights(problem, x, dy));
      expectGradient((values) => loss(x, w, values), bias, backwardBias(problem, dy));
    },
  );
});

describe("finite differences of <r, activation(convTranspose(x, w) + bias)>", () => {
  const CASES: Record<string, { x: number[]; w: number[]; options: ReferenceTransposeOptions }> = {
    plain: { x: [2, 3, 4, 5], w: [3, 2, 3, 3], options: { padding: 1 } },
    "strided, dilated, grouped": {
      x: [1, 4, 3, 4],
      w: [4, 3, 2, 3],
      options: { stride: [2, 3], dilation: [2, 1], groups: 2, outputPadding: [1, 2] },
    },
    "flipped, channels-last, 1-D": {
      x: [2, 5, 3],
      w: [4, 2, 3],
      options: { stride: 2, padding: [[1, 0]], mode: "convolution", layout: "channels-last" },
    },
  };

  test.each(Object.entries(CASES))("%s", (_, { x: xShape, w: wShape, options }) => {
    const { outputPadding: __, ...geometry } = options;
    const activation = "tanh";
    const [x, w] = [floats(xShape, 1), floats(wShape, 2)];
    const channels = options.layout === "channels-last" ? wShape.at(-2)! : wShape[1]! * (options.groups ?? 1);
    const bias = floats([channels], 3).data;
    const preActivation = convTranspose(x, w, { ...options, bias });
    const r = floats(preActivation.shape, 4);
    const loss = (input: number[], weights: number[], offsets: number[]): number =>
      inner(
        r.data,
        convTranspose({ ...x, data: input }, { ...w, data: weights }, { ...options, bias: offsets, activation }).data,
      );
    const through = { activation, preActivation } as const;
    const dx = convTransposeBackwardData(r, w, { ...geometry, ...through });
    const dw = convTransposeBackwardWeights(x, r, { ...geometry, ...through, kernelShape: wShape });
    const db = convBackwardBias(r, { ...through, ...(options.layout && { layout: options.layout }) });
    expect([dx.shape, dw.shape, db.shape]).toEqual([xShape, wShape, [channels]]);
    expectGradient((values) => loss(values, w.data, bias), x.data, dx.data);
    expectGradient((values) => loss(x.data, values, bias), w.data, dw.data);
    expectGradient((values) => loss(x.data, w.data, values), bias, db.data);
  });

  test("an output whose shape is not that of x is refused", () => {
    const options = { stride: 2, kernelShape: [3, 2, 3, 3] };
    expect(() => convTransposeBackwardWeights(floats([1, 3, 4, 4], 1), floats([1, 2, 7, 9], 2), options)).toThrow(
      /x\.shape: got \[1, 3, 4, 4\], expected \[1, 3, 3, 4\]/,
    );
  });
});
