// The reference of normalisations: their gradients, and what they refuse.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { channelsLast } from "./layouts.ts";

const random = (shape: readonly number[], seed: number): NdArray => ({
  data: uniform(elementCount(shape), seed),
  shape,
});

/** So few numbers may have a small deviation: this epsilon keeps the third derivative, and so the error of finite differences, small. */
const epsilon = 0.1;

interface Norm {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameters: readonly number[];
  readonly forward: (x: NdArray, scale: NdArray, bias: NdArray) => NdArray;
  readonly backward: (dy: NdArray, x: NdArray, scale: NdArray) => { dx: NdArray; dscale: NdArray; dbias: NdArray };
}

const given = { mean: random([3], 7), variance: { shape: [3], data: [0.5, 1, 0.25] } };

const NORMS: readonly Norm[] = [
  {
    name: "batch normalisation",
    shape: [2, 3, 4],
    parameters: [3],
    forward: (x, scale, bias) => reference.batchNorm(x, { ...given, scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.batchNormBackward(dy, x, { ...given, scale, epsilon }),
  },
  {
    name: "batch normalisation in training",
    shape: [4, 3, 2, 2],
    parameters: [3],
    forward: (x, scale, bias) => reference.batchNormTraining(x, { scale, bias, epsilon }).y,
    backward: (dy, x, scale) => {
      const { mean, inverseDeviation } = reference.batchNormTraining(x, { epsilon });
      return reference.batchNormBackward(dy, x, { mean, inverseDeviation, scale });
    },
  },
  {
    name: "layer normalisation",
    shape: [2, 3, 2, 2],
    parameters: [3, 2, 2],
    forward: (x, scale, bias) => reference.layerNorm(x, { scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.layerNormBackward(dy, x, { scale, epsilon }),
  },
  {
    name: "layer normalisation over rows",
    shape: [2, 2, 3, 4],
    parameters: [4],
    forward: (x, scale, bias) => reference.layerNorm(x, { axes: 1, scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.layerNormBackward(dy, x, { axes: 1, scale, epsilon }),
  },
  {
    name: "layer normalisation over channels",
    shape: [2, 5, 3],
    parameters: [5],
    forward: (x, scale, bias) => reference.layerNorm(x, { axes: "channels", scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.layerNormBackward(dy, x, { axes: "channels", scale, epsilon }),
  },
  {
    name: "instance normalisation",
    shape: [2, 3, 5],
    parameters: [3],
    forward: (x, scale, bias) => reference.instanceNorm(x, { scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.instanceNormBackward(dy, x, { scale, epsilon }),
  },
  {
    name: "group normalisation",
    shape: [2, 4, 3],
    parameters: [4],
    forward: (x, scale, bias) => reference.groupNorm(x, { groups: 2, scale, bias, epsilon }),
    backward: (dy, x, scale) => reference.groupNormBackward(dy, x, { groups: 2, scale, epsilon }),
  },
];

test.each(NORMS)("the gradients of $name", ({ shape, parameters, forward, backward }) => {
  const [x, dy, scale, bias] = [random(shape, 1), random(shape, 2), random(parameters, 3), random(parameters, 4)];
  const { dx, dscale, dbias } = backward(dy, x, scale);
  expectGradient(dx, (array) => forward(array, scale, bias), x, dy);
  expectGradient(dscale, (array) => forward(x, array, bias), scale, dy);
  expectGradient(dbias, (array) => forward(x, scale, array), bias, dy);
});

const withoutBias = (gradients: { dx: NdArray; dscale: NdArray }) => gradients;

test.each([
  { axes: [-1], shape: [4] },
  { axes: [3, 1], shape: [4, 3] },
  { axes: [0, 2], shape: [2, 2] },
  { axes: "channels" as const, shape: [3] },
])("the gradients by the root of the mean square over $axes", ({ axes, shape }) => {
  const [x, dy, scale] = [random([2, 3, 2, 4], 1), random([2, 3, 2, 4], 2), random(shape, 3)];
  const { dx, dscale } = withoutBias(reference.rmsNormBackward(dy, x, { axes, scale, epsilon }));
  expectGradient(dx, (array) => reference.rmsNorm(array, { axes, scale, epsilon }), x, dy);
  expectGradient(dscale, (array) => reference.rmsNorm(x, { axes, scale: array, epsilon }), scale, dy);
});

test.each([
  { p: 1 as const, axis: 1 },
  { p: 2 as const, axis: -1 },
  { p: 2 as const },
  // An epsilon above the norms.
  { p: 1 as const, axis: 2, epsilon: 50 },
  { p: 2 as const, axis: 0, epsilon: 50 },
])("the gradient of the division by a norm with %o", (options) => {
  // Away from 0, where a magnitude has no derivative.
  const away = ({ data, shape }: NdArray) => ({ data: Array.from(data, (v) => v + Math.sign(v) * 0.1), shape });
  const [x, dy] = [away(random([2, 3, 4], 1)), random([2, 3, 4], 2)];
  const dx = reference.lpNormalizeBackward(dy, x, options);
  expectGradient(dx, (array) => reference.lpNormalize(array, options), x, dy);
});

test("zeros stay zeros, also without an epsilon", () => {
  const zeros = { shape: [2, 2], data: [0, 0, 3, -4] };
  for (const least of [0, 1e-12])
    expect([...reference.lpNormalize(zeros, { axis: 1, epsilon: least }).data]).toEqual([0, 0, 0.6, -0.8]);
});

test("over no axes every number is a set of its own", () => {
  const options = { axes: [], scale: { shape: [], data: [3] }, bias: { shape: [], data: [5] } };
  expect([...reference.layerNorm(random([2, 3], 1), options).data]).toEqual([5, 5, 5, 5, 5, 5]);
});

test("gradients by given statistics are those by computed ones", () => {
  const [x, dy] = [random([2, 4, 3], 1), random([2, 4, 3], 2)];
  for (const options of [{}, { axes: [2, 0] }]) {
    const { mean, inverseDeviation } = reference.layerNormWithStatistics(x, options);
    const by = reference.layerNormBackward(dy, x, { ...options, mean, inverseDeviation });
    expect(by).toEqual(reference.layerNormBackward(dy, x, options));
    const { inverseRootMeanSquare } = reference.rmsNormWithStatistics(x, options);
    const rms = reference.rmsNormBackward(dy, x, { ...options, inverseRootMeanSquare });
    expect(rms).toEqual(reference.rmsNormBackward(dy, x, options));
  }
});

test("an option that is given its default changes nothing", () => {
  const affine = { mean: random([4], 2), inverseDeviation: random([4], 3) };
  const x = random([2, 4, 3], 1);
  expect(reference.batchNormTraining(x, { momentum: 0.1, biasedVariance: false })).toEqual(
    reference.batchNormTraining(x),
  );
  expect(reference.batchNormBackward(x, x, { ...affine, epsilon: 1e-5 })).toEqual(
    reference.batchNormBackward(x, x, affine),
  );
});

test("the running variance is the unbiased one, or the biased one", () => {
  const x = { shape: [2, 1, 2], data: [1, 2, 4, 5] };
  const [runningMean, runningVariance] = [random([1], 1), random([1], 2)];
  const options = { momentum: 1, runningMean, runningVariance };
  expect(reference.batchNormTraining(x, options).runningVariance!.data[0]).toBeCloseTo(10 / 3, 12);
  const biased = reference.batchNormTraining(x, { ...options, biasedVariance: true });
  expect(biased.runningVariance!.data[0]).toBeCloseTo(10 / 4, 12);
});

test("empty tensors have empty results, and parameters no gradient", () => {
  const x = random([0, 4, 3], 1);
  expect(reference.layerNorm(x)).toEqual({ shape: [0, 4, 3], data: new Float64Array(0) });
  const { dx, dscale } = reference.groupNormBackward(x, x, { groups: 2 });
  expect(dx.shape).toEqual([0, 4, 3]);
  expect(dscale).toEqual({ shape: [4], data: new Float64Array(4) });
});

test.each([1, 2, 3, "channels"] as const)("parameters are the same in both layouts, over %s", (axes) => {
  const x = random([2, 3, 2, 4], 1);
  const shape = axes === "channels" ? [3] : [3, 2, 4].slice(-axes);
  const options = { axes, scale: random(shape, 2), bias: random(shape, 3) };
  const last = reference.layerNorm(channelsLast(x), { ...options, layout: "channels-last" });
  const first = channelsLast(reference.layerNorm(x, options)).data;
  // Sums are in the order of the layout.
  for (let at = 0; at < first.length; at++) expect(last.data[at]).toBeCloseTo(first[at]!, 12);
});

const x = random([2, 4, 3], 1);
const [channel, other] = [random([4], 2), random([3], 3)];

test.each([
  [() => reference.batchNorm(x, { mean: channel } as never), "variance"],
  [() => reference.batchNorm(x, { mean: other, variance: channel }), "mean.shape"],
  [() => reference.batchNorm(x, { mean: channel, variance: channel, epsilon: -1 }), "epsilon"],
  [() => reference.batchNorm(x, { mean: channel, variance: channel, eps: 1 } as never), "options"],
  [() => reference.batchNormTraining(random([1, 4], 1)), "x.shape"],
  [() => reference.batchNormTraining(x, { momentum: 0.2 }), "momentum"],
  [() => reference.batchNormTraining(x, { biasedVariance: true }), "biasedVariance"],
  [() => reference.batchNormTraining(x, { momentum: 2, runningMean: channel, runningVariance: channel }), "momentum"],
  [() => reference.batchNormTraining(x, { runningMean: channel }), "runningVariance"],
  [() => reference.batchNormBackward(x, x, { mean: channel }), "inverseDeviation"],
  [() => reference.batchNormBackward(x, x, { mean: channel, inverseDeviation: channel, epsilon: 1 }), "epsilon"],
  [() => reference.layerNorm(x, { axes: 3 }), "axes"],
  [() => reference.layerNorm(x, { axes: "rows" as never }), "axes"],
  [() => reference.layerNorm(x, { scale: channel }), "scale.shape"],
  [() => reference.layerNorm(random([4], 1)), "x.shape"],
  [() => reference.layerNorm(x, { axes: [1, 3] }), "axes[1]"],
  [() => reference.layerNorm(x, { axes: [1, -2] }), "axes[1]"],
  [() => reference.layerNorm(x, { axes: [2, 1], scale: random([4, 3], 1) }), "scale.shape"],
  [() => reference.layerNormBackward(x, x, { mean: random([2, 1, 1], 1) }), "inverseDeviation"],
  [() => reference.layerNormBackward(x, x, { mean: channel, inverseDeviation: channel }), "mean.shape"],
  [() => reference.layerNormWithStatistics(random([2, 0, 3], 1)), "x.shape"],
  [() => reference.groupNormWithStatistics(random([2, 4, 0], 1), { groups: 2 }), "x.shape"],
  [() => reference.batchNormTraining(random([0, 4, 3], 1)), "x.shape"],
  [() => reference.rmsNorm(x, { bias: channel } as never), "options"],
  [() => reference.rmsNormWithStatistics(random([2, 3, 0], 1), { axes: [2] }), "x.shape"],
  [() => reference.lpNormalize(x, { p: 3 as never }), "p"],
  [() => reference.lpNormalize(x, { axis: 3 }), "axis"],
  [() => reference.lpNormalize(x, { epsilon: -1 }), "epsilon"],
  [() => reference.groupNorm(x, { groups: 3 }), "groups"],
  [() => reference.groupNorm(x, {} as never), "groups"],
  [() => reference.instanceNorm(random([2, 3], 1)), "x.shape"],
  [() => reference.instanceNormBackward(random([2, 4, 2], 1), x), "dy.shape"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
