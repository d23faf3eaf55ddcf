import { gamma } from "../../src/base/arithmetic.ts";
import type { Layout } from "../../src/index.ts";
import { channelDivision } from "../../src/ops/batch-norm/reference.ts";
import { batchNorm, batchNormBackward, batchNormTraining } from "../../src/ops/index.ts";
import { readNormalised } from "../../src/ops/shared/reference/normalise.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { computedErrors, farFromZero, givenErrors, gradientBounds, normalisedBound } from "./normalisations.ts";
import { type Input, type OperationCase, testOperations } from "./suite.ts";

/** Variances or inverse deviations, away from zero. */
const positive = (count: number, seed: number) => uniform(count, seed).map((value) => Math.abs(value) + 0.25);

const MAPS: readonly (readonly number[])[] = [
  [5, 3],
  [6, 8],
  [2, 3, 9],
  [2, 5, 7, 9],
  [3, 4, 4, 4],
  [2, 16, 24, 24],
  [1, 2, 3, 4, 5],
];

const epsilon = 0.01;
const momentum = 0.3;
const valuesOf = (array: NdArray, layout: Layout) => readNormalised("x", array, { layout });

function inference(shape: readonly number[], affine: boolean): OperationCase<never>[] {
  const channel = { shape: [shape[1]!] };
  const name = `[${shape.join(", ")}]${affine ? ", scaled, with a bias" : ""}`;
  const forward: OperationCase<"x" | "mean" | "variance" | "scale" | "bias"> = {
    name: `batch normalisation of ${name}`,
    inputs: { x: { shape }, mean: channel, variance: { ...channel, values: positive }, scale: channel, bias: channel },
    run: ({ x, mean, variance, scale, bias }) => ({
      y: batchNorm(x, { mean, variance, epsilon, ...(affine && { scale, bias }) }),
    }),
    reference: ({ x, mean, variance, scale, bias }, layout) => ({
      y: reference.batchNorm(x, { mean, variance, epsilon, layout, ...(affine && { scale, bias }) }),
    }),
    bound: ({ x, mean, variance, scale, bias }, layout) => {
      const values = valuesOf(x, layout);
      const inverse = Float64Array.from(variance.data, (value) => 1 / Math.sqrt(value + epsilon));
      const by = affine ? { scale: scale.data, bias: bias.data } : {};
      // inverseSqrt is accurate to 2 ULP, after a sum of two.
      return { y: normalisedBound(values, channelDivision(values), givenErrors(mean.data, inverse, 6), by) };
    },
  };
  const backward: OperationCase<"dy" | "x" | "mean" | "variance" | "scale"> = {
    name: `gradients of batch normalisation of ${name}`,
    inputs: { dy: { shape }, x: { shape }, mean: channel, variance: { ...channel, values: positive }, scale: channel },
    run: ({ dy, x, mean, variance, scale }) => ({
      ...batchNormBackward(dy, x, { mean, variance, epsilon, ...(affine && { scale }) }),
    }),
    reference: ({ dy, x, mean, variance, scale }, layout) => ({
      ...reference.batchNormBackward(dy, x, { mean, variance, epsilon, layout, ...(affine && { scale }) }),
    }),
    bound: ({ dy, x, mean, variance, scale }, layout) => {
      const values = valuesOf(x, layout);
      const inverse = Float64Array.from(variance.data, (value) => 1 / Math.sqrt(value + epsilon));
      const errors = givenErrors(mean.data, inverse, 6);
      const gradient = valuesOf(dy, layout).data;
      return gradientBounds(
        gradient,
        values,
        channelDivision(values),
        errors,
        affine ? scale.data : undefined,
        "fixed",
      );
    },
  };
  return [forward, backward];
}

function training(shape: readonly number[], affine: boolean, x: Partial<Input> = {}): OperationCase<never>[] {
  const channel = { shape: [shape[1]!], ...(x.dtype && { dtype: x.dtype }) };
  const state = { ...channel, dtype: "f32" as const };
  const name = `[${shape.join(", ")}]${affine ? ", scaled, with a bias, running" : ""}${x.values ? ", far from zero" : ""}`;
  const forward: OperationCase<"x" | "scale" | "bias" | "m" | "v"> = {
    name: `batch normalisation in training of ${name}`,
    inputs: { x: { shape, ...x }, scale: channel, bias: channel, m: state, v: { ...state, values: positive } },
    run: ({ x: input, scale, bias, m, v }) => {
      const more = affine ? { scale, bias, momentum, runningMean: m, runningVariance: v } : {};
      const { y, mean, inverseDeviation } = batchNormTraining(input, { epsilon, ...more });
      return { y, mean, inverseDeviation, ...(affine && { runningMean: m, runningVariance: v }) };
    },
    reference: ({ x: input, scale, bias, m, v }, layout) => {
      const more = affine ? { scale, bias, momentum, runningMean: m, runningVariance: v } : {};
      return { ...reference.batchNormTraining(input, { epsilon, layout, ...more }) };
    },
    bound: ({ x: input, scale, bias, m, v }, layout) => {
      const values = valuesOf(input, layout);
      const division = channelDivision(values);
      const errors = computedErrors(values, division, epsilon);
      const by = affine ? { scale: scale.data, bias: bias.data } : {};
      const members = values.data.length / shape[1]!;
      return {
        y: normalisedBound(values, division, errors, by),
        mean: (c) => errors.meanError[c]!,
        inverseDeviation: (c) => errors.inverseError[c]!,
        runningMean: (c) =>
          momentum * errors.meanError[c]! + gamma(4) * (Math.abs(m.data[c]!) + Math.abs(errors.mean[c]!)),
        // inverse^-2 = variance + epsilon: the relative error of the variance is twice that of the inverse deviation.
        runningVariance: (c) => {
          const sum = errors.inverse[c]! ** -2;
          const relative = errors.inverseError[c]! / errors.inverse[c]!;
          const unbiased = members / (members - 1);
          return momentum * unbiased * sum * (2 * relative + relative ** 2) + gamma(6) * (v.data[c]! + unbiased * sum);
        },
      };
    },
  };
  const backward: OperationCase<"dy" | "x" | "mean" | "inverseDeviation" | "scale"> = {
    name: `gradients of batch normalisation in training of ${name}`,
    inputs: {
      ...{ dy: { shape }, x: { shape }, scale: channel, mean: state },
      inverseDeviation: { ...state, values: positive },
    },
    run: ({ dy, x: input, mean, inverseDeviation, scale }) => ({
      ...batchNormBackward(dy, input, { mean, inverseDeviation, ...(affine && { scale }) }),
    }),
    reference: ({ dy, x: input, mean, inverseDeviation, scale }, layout) => ({
      ...reference.batchNormBackward(dy, input, { mean, inverseDeviation, layout, ...(affine && { scale }) }),
    }),
    bound: ({ dy, x: input, mean, inverseDeviation, scale }, layout) => {
      const values = valuesOf(input, layout);
      const errors = givenErrors(mean.data, inverseDeviation.data, 0);
      const gradient = valuesOf(dy, layout).data;
      return gradientBounds(gradient, values, channelDivision(values), errors, affine ? scale.data : undefined);
    },
  };
  return x.values ? [forward] : [forward, backward];
}

/** Along an axis that the options name, with the biased variance in the running one. */
function along(shape: readonly number[], axis: number): OperationCase<never>[] {
  const place = { shape: [shape.at(axis)!] };
  const state = { ...place, dtype: "f32" as const };
  const free = { shape, layoutFree: true };
  const divisionOf = (x: NdArray, layout: Layout) => {
    const values = readNormalised("x", x, { layout });
    return [values, channelDivision(values, axis)] as const;
  };
  const name = `along ${axis} of [${shape.join(", ")}]`;
  const given: OperationCase<"x" | "mean" | "variance" | "scale"> = {
    name: `batch normalisation ${name}`,
    inputs: { x: free, mean: place, variance: { ...place, values: positive }, scale: place },
    run: ({ x, ...options }) => ({ y: batchNorm(x, { ...options, axis, epsilon }) }),
    reference: ({ x, ...options }, layout) => ({ y: reference.batchNorm(x, { ...options, axis, epsilon, layout }) }),
    bound: ({ x, mean, variance, scale }, layout) => {
      const inverse = Float64Array.from(variance.data, (value) => 1 / Math.sqrt(value + epsilon));
      const errors = givenErrors(mean.data, inverse, 6);
      return { y: normalisedBound(...divisionOf(x, layout), errors, { scale: scale.data }) };
    },
  };
  const biased: OperationCase<"x" | "m" | "v"> = {
    name: `batch normalisation in training ${name}`,
    inputs: { x: free, m: state, v: { ...state, values: positive } },
    run: ({ x, m, v }) => {
      const options = { axis, epsilon, momentum, runningMean: m, runningVariance: v, biasedVariance: true };
      const { y, mean, inverseDeviation } = batchNormTraining(x, options);
      return { y, mean, inverseDeviation, runningMean: m, runningVariance: v };
    },
    reference: ({ x, m, v }, layout) => {
      const options = { axis, epsilon, momentum, runningMean: m, runningVariance: v, biasedVariance: true };
      return { ...reference.batchNormTraining(x, { ...options, layout }) };
    },
    bound: ({ x, m, v }, layout) => {
      const [values, division] = divisionOf(x, layout);
      const errors = computedErrors(values, division, epsilon);
      const variance = errors.inverse.map((value) => value ** -2);
      return {
        y: normalisedBound(values, division, errors, {}),
        mean: (c) => errors.meanError[c]!,
        inverseDeviation: (c) => errors.inverseError[c]!,
        runningMean: (c) =>
          momentum * errors.meanError[c]! + gamma(4) * (Math.abs(m.data[c]!) + Math.abs(errors.mean[c]!)),
        runningVariance: (c) => momentum * errors.varianceError[c]! + gamma(6) * (v.data[c]! + variance[c]!),
      };
    },
  };
  const backward: OperationCase<"dy" | "x" | "mean" | "inverseDeviation"> = {
    name: `gradients of batch normalisation ${name}`,
    inputs: { dy: free, x: free, mean: state, inverseDeviation: { ...state, values: positive } },
    run: ({ dy, x, ...options }) => ({ ...batchNormBackward(dy, x, { ...options, axis }) }),
    reference: ({ dy, x, ...options }, layout) => ({
      ...reference.batchNormBackward(dy, x, { ...options, axis, layout }),
    }),
    bound: ({ dy, x, mean, inverseDeviation }, layout) =>
      gradientBounds(dy.data, ...divisionOf(x, layout), givenErrors(mean.data, inverseDeviation.data, 0), undefined),
  };
  return [given, biased, backward];
}

testOperations([
  ...along([3, 5, 4], 0),
  ...along([2, 6, 3, 4], 2),
  ...along([2, 3, 2, 2, 2, 3], -1),
  ...MAPS.flatMap((shape, at) => [...inference(shape, at % 2 === 0), ...training(shape, at % 2 === 1)]),
  ...training([2, 3, 16, 20], true, { values: farFromZero, dtype: "f32" }),
]);
