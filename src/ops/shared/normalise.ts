// The steps of normalisations: moments of sets, sums of gradients, and the elementwise steps that use them.
import axesShader from "../../../shaders/ops/shared/axes.wgsl";
import finishMomentsShader from "../../../shaders/ops/shared/finish-moments.wgsl";
import finishRunningMomentsShader from "../../../shaders/ops/shared/finish-running-moments.wgsl";
import finishSumsShader from "../../../shaders/ops/shared/finish-sums.wgsl";
import givenMomentsShader from "../../../shaders/ops/shared/given-moments.wgsl";
import normaliseBackwardShader from "../../../shaders/ops/shared/normalise-backward.wgsl";
import normaliseShader from "../../../shaders/ops/shared/normalise.wgsl";
import scaleSetsShader from "../../../shaders/ops/shared/scale-sets.wgsl";
import varianceShader from "../../../shaders/ops/shared/variance.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import { type Lanes, type Loads, aliasesOf, elementwise, lanesOf, scaleSnippet, biasSnippet } from "./lanes.ts";
import { type Parameter, bound } from "./parameters.ts";
import { type Owner, type Reduced, reduceMoments, reduceSums } from "./reduce.ts";

/** The mean and the inverse deviation of each set, in float32. */
export interface Statistics {
  readonly mean: Range;
  readonly inverse: Range;
}

/** The gradients of a normalisation; dscale and dbias are there whether or not scale and bias were given. */
export interface NormGradients {
  readonly dx: Tensor;
  /** In the element type of scale if given, else of x. */
  readonly dscale: Tensor;
  readonly dbias: Tensor;
}

/** Workspace for the statistics of each set. */
export function statisticsIn(workspace: Workspace, { sets }: Normalisation): Statistics {
  return { mean: workspace.numbers(sets), inverse: workspace.numbers(sets) };
}

/** The running statistics of training, updated in place. */
export interface Running {
  readonly mean: Range;
  readonly variance: Range;
  readonly dtype: Dtype;
  readonly momentum: number;
}

interface Moments {
  readonly normalisation: Normalisation;
  readonly x: Tensor;
  readonly statistics: Statistics;
  readonly epsilon: number;
  readonly running?: Running;
}

/**
 * Computes the mean of each set and its inverse deviation, 1 / sqrt(variance + epsilon) with the biased variance. Running statistics move
 * towards the mean and the unbiased variance. Eight numbers at a time go through the two-pass method, and their moments are merged by the
 * pairwise formula of Chan, Golub and LeVeque ("Algorithms for Computing the Sample Variance: Analysis and Recommendations", The American
 * Statistician 37, 1983). Numbers are never squared before a mean close to their own is subtracted, so the mean may be large beside the
 * deviation. Right wherever float32 holds the mean and the variance: squares of large distances are summed in smaller units. A variance
 * below 1.2e-38 may count as 0.
 */
export function moments(
  workspace: Workspace,
  { normalisation, x, statistics, epsilon, running }: Moments,
): Step<string>[] {
  const { sets, members } = normalisation;
  const { steps, parts } = reduceMoments(workspace, {
    lanes: lanesOf(normalisation),
    owner: "set",
    dtype: x.dtype,
    ranges: [whole("x", x)],
  });
  const finish = dispatch({
    shaders: [varianceShader, running ? finishRunningMomentsShader : finishMomentsShader],
    aliases: running ? { M: elementTypes(running.dtype).one } : {},
    ranges: [parts, statistics.mean, statistics.inverse, running?.mean, running?.variance],
    ...(isInWorkspace(statistics.mean) && { readWrite: [1] }),
    uniforms: {
      epsilon,
      ...(running && { momentum: running.momentum, unbiased: members / Math.max(members - 1, 1) }),
    },
    threads: sets,
  });
  return [...steps, finish];
}

/** Computes the statistics from given means and variances of one element type. */
export function givenMoments(
  statistics: Statistics,
  { mean, variance, epsilon }: { mean: Tensor; variance: Tensor; epsilon: number },
): Step<string> {
  return dispatch({
    shaders: [givenMomentsShader],
    aliases: { M: elementTypes(mean.dtype).one },
    ranges: [whole("mean", mean), whole("variance", variance), statistics.mean, statistics.inverse],
    uniforms: { epsilon },
    threads: mean.size,
  });
}

interface Normalised {
  readonly x: Tensor;
  readonly y: Range;
  readonly statistics: Statistics;
  readonly scale?: Parameter | undefined;
  readonly bias?: Parameter | undefined;
}

/** Computes (x - mean) / deviation * scale + bias. */
export function normalise(normalisation: Normalisation, { x, y, statistics, scale, bias }: Normalised): Step<string> {
  const lanes = lanesOf(normalisation);
  return elementStep(lanes, {
    loads: { set: 2, parameter: (scale ? 1 : 0) + (bias ? 1 : 0) },
    shaders: [biasSnippet(bias, lanes.parameterStride), normaliseShader],
    dtype: x.dtype,
    ranges: [whole("x", x), statistics.mean, statistics.inverse, y],
    scale,
    bias,
  });
}

/** The operands of the gradients of a normalisation. */
export interface GradientOperands {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly statistics: Statistics;
  readonly scale?: Parameter | undefined;
}

/**
 * Sums the gradient and its products with the normalised x, for each set (of the gradient times the scale) or for each parameter (of the
 * gradient alone).
 */
export function gradientSums(
  workspace: Workspace,
  normalisation: Normalisation,
  owner: Owner,
  { dy, x, statistics, scale }: GradientOperands,
): Reduced {
  const { mean, inverse } = statistics;
  const reduction = {
    lanes: lanesOf(normalisation),
    owner,
    dtype: x.dtype,
    ranges: [whole("dy", dy), whole("x", x), mean, inverse],
    ...(isInWorkspace(mean) && { readWrite: [4, 5] }),
  };
  return reduceSums(workspace, reduction, owner === "set" ? scale : undefined);
}

/** The ranges to which the two sums of each owner are written. */
export interface SumRanges {
  readonly sum: Range;
  readonly products: Range;
}

interface FinishSums extends SumRanges {
  readonly dtype: Dtype;
  readonly factor?: number;
  readonly scale?: Parameter | undefined;
}

/** Multiplies the sums of each owner by a factor, and by its scale if given, and stores them in tensors or in the workspace. */
export function finishSums(
  parts: Range,
  count: number,
  { sum, products, dtype, factor = 1, scale }: FinishSums,
): Step<string> {
  return dispatch({
    shaders: [scaleSnippet(scale), finishSumsShader],
    aliases: { V: "f32", Q: "f32", P: elementTypes(scale?.dtype ?? "f32").one, R: elementTypes(dtype).one },
    ranges: bound([parts, sum, products], scale),
    ...(isInWorkspace(sum) && { readWrite: [1] }),
    uniforms: { factor },
    threads: count,
  });
}

/**
 * Computes the gradient of x: (g - mean(g) - normalised x * mean(g * normalised x)) / deviation for g = dy * scale, with means over each
 * set.
 */
export function inputGradient(
  normalisation: Normalisation,
  { dy, x, statistics, scale }: GradientOperands,
  dx: Range,
  means: SumRanges,
): Step<string> {
  const { mean, inverse } = statistics;
  return elementStep(lanesOf(normalisation), {
    loads: { set: 4, parameter: scale ? 1 : 0 },
    shaders: [normaliseBackwardShader],
    dtype: x.dtype,
    ranges: [whole("dy", dy), dx, inverse, whole("x", x), mean, means.sum, means.products],
    scale,
  });
}

interface ScaledSets {
  /** The name of x in the operation. */
  readonly operand: string;
  readonly x: Tensor;
  readonly y: Range;
  readonly factor: Range;
  readonly scale?: Parameter | undefined;
}

/** Multiplies x by the factor of each set, and by the scale of each parameter. */
export function scaleSets(normalisation: Normalisation, { operand, x, y, factor, scale }: ScaledSets): Step<string> {
  return elementStep(lanesOf(normalisation), {
    loads: { set: 1, parameter: scale ? 1 : 0 },
    shaders: [scaleSetsShader],
    dtype: x.dtype,
    ranges: [whole(operand, x), factor, y],
    scale,
  });
}

interface ElementStep {
  readonly loads: Loads;
  readonly shaders: readonly Shader[];
  readonly dtype: Dtype;
  readonly ranges: readonly Range[];
  readonly scale?: Parameter | undefined;
  readonly bias?: Parameter | undefined;
}

/** The step of a kernel with a result for each element. */
function elementStep(lanes: Lanes, { loads, shaders, dtype, ranges, scale, bias }: ElementStep): Step<string> {
  const elements = elementwise(lanes, loads);
  return dispatch({
    ...elements,
    shaders: [axesShader, scaleSnippet(scale, lanes.parameterStride), ...shaders],
    aliases: aliasesOf(lanes, dtype, scale ?? bias),
    ranges: bound(ranges, scale, bias),
  });
}

function isInWorkspace({ operand }: Range): boolean {
  return operand === "workspace";
}
