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

test.each([1, 2, 3, "channels"] as const)("parameters are the same in both layouts, over %s", (axes) => {
  const x = random([2, 3, 2, 4], 1);
  const shape = axes === "channels" ? [3] : [3, 2, 4].slice(-axes);
  const options = { axes, scale: random(shape, 2), bias: random(shape, 3) };
  const last = reference.layerNorm(channelsLast(x), { ...options, layout: "channels-last" });
  expect(last.data).toEqual(channelsLast(reference.layerNorm(x, options)).data);
});

const x = random([2, 4, 3], 1);
const [channel, other] = [random([4], 2), random([3], 3)];

test.each([
  [() => reference.batchNorm(x, { mean: channel } as never), "variance"],
  [() => reference.batchNorm(x, { mean: other, variance: channel }), "mean.shape"],
  [() => reference.batchNorm(x, { mean: channel, variance: channel, epsilon: -1 }), "epsilon"],
  [() => reference.batchNorm(x, { mean: channel, variance: channel, eps: 1 } as never), "options"],
  [() => reference.batchNormTraining(random([1, 4], 1)), "x.shape"],
  [() => reference.batchNormTraining(x, { momentum: 0.1 }), "momentum"],
  [() => reference.batchNormTraining(x, { momentum: 2, runningMean: channel, runningVariance: channel }), "momentum"],
  [() => reference.batchNormTraining(x, { runningMean: channel }), "runningVariance"],
  [() => reference.batchNormBackward(x, x, { mean: channel }), "inverseDeviation"],
  [() => reference.batchNormBackward(x, x, { mean: channel, inverseDeviation: channel, epsilon: 1 }), "epsilon"],
  [() => reference.layerNorm(x, { axes: 3 }), "axes"],
  [() => reference.layerNorm(x, { axes: "rows" as never }), "axes"],
  [() => reference.layerNorm(x, { scale: channel }), "scale.shape"],
  [() => reference.layerNorm(random([4], 1)), "x.shape"],
  [() => reference.groupNorm(x, { groups: 3 }), "groups"],
  [() => reference.groupNorm(x, {} as never), "groups"],
  [() => reference.instanceNorm(random([2, 3], 1)), "x.shape"],
  [() => reference.instanceNormBackward(random([2, 4, 2], 1), x), "dy.shape"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
