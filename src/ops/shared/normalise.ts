// What normalisations are made of: the moments of sets, sums of gradients, and what is done to each element.
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import type { Step } from "../../kernel/step.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import { aliasesOf, elementwise, lanesOf, parameterShaders } from "./lanes.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { floatBits, whole } from "../../gpu/operation.ts";
import { type Parameter, bound } from "./parameters.ts";
import { type Owner, reduce } from "./reduce.ts";
import type { Scratch } from "./scratch.ts";
import givenMomentsShader from "../../../shaders/ops/shared/given-moments.wgsl";
import axesShader from "../../../shaders/ops/shared/axes.wgsl";
import normaliseShader from "../../../shaders/ops/shared/normalise.wgsl";
import scaleShader from "../../../shaders/ops/shared/scale.wgsl";
import noScaleShader from "../../../shaders/ops/shared/no-scale.wgsl";
import finishSumsShader from "../../../shaders/ops/shared/finish-sums.wgsl";
import normaliseBackwardShader from "../../../shaders/ops/shared/normalise-backward.wgsl";
import scaleSetsShader from "../../../shaders/ops/shared/scale-sets.wgsl";

/** A mean and one over a deviation for each set, in float32. */
export interface Statistics {
  readonly mean: Range;
  readonly inverse: Range;
}

/** Where the moments of x go beside the workspace. */
export interface Running {
  readonly mean: Range;
  readonly variance: Range;
  readonly dtype: Dtype;
  readonly momentum: number;
}

/**
 * The mean of each set and one over its deviation, sqrt(variance + epsilon) with the biased variance; running ones follow with the unbiased.
 * Eight numbers at a time by the two-pass method, put together by the pairwise formula of Chan, Golub and LeVeque ("Algorithms for
 * Computing the Sample Variance: Analysis and Recommendations", The American Statistician 37, 1983): no sum of squares of numbers
 * that have not had a mean near their own taken off, so that the mean may be large beside the deviation.
 */
export function moments(
  scratch: Scratch,
  {
    normalisation,
    x,
    statistics,
    epsilon,
    running,
  }: {
    normalisation: Normalisation;
    x: Tensor;
    statistics: Statistics;
    epsilon: number;
    running?: Running;
  },
): Step<string>[] {
  const { sets, members } = normalisation;
  const { steps, parts } = reduce(scratch, {
    lanes: lanesOf(normalisation),
    owner: "set",
    kernel: "part-moments",
    merge: "merge-moments",
    dtype: x.dtype,
    ranges: [whole("x", x)],
  });
  const inWorkspace = statistics.mean.operand === "workspace";
  return [
    ...steps,
    dispatch({
      shaders: [`ops/${running ? "finish-running-moments" : "finish-moments"}`],
      aliases: running ? { M: elementTypes(running.dtype).one } : {},
      ranges: [parts, statistics.mean, statistics.inverse, running?.mean, running?.variance],
      ...(inWorkspace && { readWrite: [1] }),
      uniforms: [
        sets,
        floatBits(epsilon),
        ...(running ? [floatBits(running.momentum), floatBits(members / Math.max(members - 1, 1))] : []),
      ],
      threads: sets,
    }),
  ];
}

/** The statistics of given means and variances of one type. */
export function givenMoments(
  statistics: Statistics,
  { mean, variance, epsilon }: { mean: Tensor; variance: Tensor; epsilon: number },
): Step<string> {
  return dispatch({
    shaders: [givenMomentsShader],
    aliases: { M: elementTypes(mean.dtype).one },
    ranges: [whole("mean", mean), whole("variance", variance), statistics.mean, statistics.inverse],
    uniforms: [mean.size, floatBits(epsilon)],
    threads: mean.size,
  });
}

/** (x - mean) / deviation * scale + shift. */
export function normalise(
  normalisation: Normalisation,
  {
    x,
    y,
    statistics,
    scale,
    shift,
  }: {
    x: Tensor;
    y: Range;
    statistics: Statistics;
    scale?: Parameter;
    shift?: Parameter;
  },
): Step<string> {
  const lanes = lanesOf(normalisation);
  const own = parameterShaders(lanes, { scale, shift });
  const elements = elementwise(lanes, { set: 2, parameter: (scale ? 1 : 0) + (shift ? 1 : 0) });
  return dispatch({
    ...elements,
    shaders: [axesShader, ...own.shaders, normaliseShader],
    constants: { ...elements.constants, ...own.constants },
    aliases: aliasesOf(lanes, x.dtype, scale ?? shift),
    ranges: bound([whole("x", x), statistics.mean, statistics.inverse, y], scale, shift),
  });
}

/** The sums of the gradient and of its products with the normalised x. */
export interface GradientSums {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly statistics: Statistics;
  readonly scale?: Parameter;
}

/** A part with both sums for each set, the gradient times the scale, or for each parameter, without it. */
export function gradientSums(
  scratch: Scratch,
  normalisation: Normalisation,
  owner: Owner,
  { dy, x, statistics, scale }: GradientSums,
): { steps: Step<string>[]; parts: Range } {
  const inWorkspace = statistics.mean.operand === "workspace";
  return reduce(scratch, {
    lanes: lanesOf(normalisation),
    owner,
    kernel: "part-sums",
    merge: "merge-sums",
    dtype: x.dtype,
    ...(owner === "set" && scale && { own: scale }),
    ranges: [whole("dy", dy), whole("x", x), statistics.mean, statistics.inverse],
    ...(inWorkspace && { readWrite: [3, 4] }),
  });
}

/** The sums times a factor, and times the scale where it is given and there is one for each, as tensors or in the workspace. */
export function finishSums(
  parts: Range,
  count: number,
  {
    sum,
    products,
    dtype,
    factor = 1,
    scale,
  }: {
    sum: Range;
    products: Range;
    dtype: Dtype;
    factor?: number;
    scale?: Parameter;
  },
): Step<string> {
  const inWorkspace = sum.operand === "workspace";
  return dispatch({
    shaders: [scale ? scaleShader : noScaleShader, finishSumsShader],
    aliases: { V: "f32", Q: "f32", P: elementTypes(scale?.dtype ?? "f32").one, R: elementTypes(dtype).one },
    ranges: bound([parts, sum, products], scale),
    ...(inWorkspace && { readWrite: [1] }),
    uniforms: [count, floatBits(factor)],
    threads: count,
  });
}

/**
 * The gradient of what is normalised: (g - its mean - the normalised x times the mean of their products) / deviation for g = dy scale, both
 * means over the set.
 */
export function inputGradient(
  normalisation: Normalisation,
  { dy, x, statistics, scale }: GradientSums,
  dx: Range,
  means: { readonly sum: Range; readonly products: Range },
): Step<string> {
  const lanes = lanesOf(normalisation);
  const { mean, inverse } = statistics;
  const own = parameterShaders(lanes, { scale });
  const elements = elementwise(lanes, { set: 4, parameter: scale ? 1 : 0 });
  return dispatch({
    ...elements,
    shaders: [axesShader, ...own.shaders, normaliseBackwardShader],
    constants: { ...elements.constants, ...own.constants },
    aliases: aliasesOf(lanes, x.dtype, scale),
    ranges: bound([whole("dy", dy), dx, inverse, whole("x", x), mean, means.sum, means.products], scale),
  });
}

/** An operand times a factor for each set, and times the scale. */
export function scaleSets(
  normalisation: Normalisation,
  { operand, x, y, factor, scale }: { operand: string; x: Tensor; y: Range; factor: Range; scale?: Parameter },
): Step<string> {
  const lanes = lanesOf(normalisation);
  const own = parameterShaders(lanes, { scale });
  const elements = elementwise(lanes, { set: 1, parameter: scale ? 1 : 0 });
  return dispatch({
    ...elements,
    shaders: [axesShader, ...own.shaders, scaleSetsShader],
    constants: { ...elements.constants, ...own.constants },
    aliases: aliasesOf(lanes, x.dtype, scale),
    ranges: bound([whole(operand, x), factor, y], scale),
  });
}
