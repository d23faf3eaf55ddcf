// The steps of normalisations that use statistics: the elementwise ones, and the sums of gradients.
import axesShader from "../../../shaders/ops/shared/axes.wgsl";
import finishSumsShader from "../../../shaders/ops/shared/finish-sums.wgsl";
import movingShader from "../../../shaders/ops/shared/moving.wgsl";
import normaliseBackwardShader from "../../../shaders/ops/shared/normalise-backward.wgsl";
import normaliseShader from "../../../shaders/ops/shared/normalise.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import { type Loads, aliasesOf, biasSnippet, centerSnippet, elementwise, lanesOf, scaleSnippet } from "./lanes.ts";
import { type Parameter, bound } from "./parameters.ts";
import { type Owner, type Reduced, isInWorkspace, reduceSums } from "./reduce.ts";
import type { Statistics } from "./statistics.ts";

interface Normalised {
  readonly x: Tensor;
  /** The name of x in the operation. Default: "x". */
  readonly operand?: string;
  readonly y: Range;
  readonly statistics: Statistics;
  readonly scale?: Parameter | undefined;
  readonly bias?: Parameter | undefined;
}

/** Computes (x - mean) / deviation * scale + bias. */
export function normalise(
  normalisation: Normalisation,
  { x, operand = "x", y, statistics, scale, bias }: Normalised,
): Step<string> {
  const { mean, inverse } = statistics;
  const { parameterStride } = lanesOf(normalisation);
  return elementStep(normalisation, {
    loads: { set: mean ? 2 : 1, parameter: (scale ? 1 : 0) + (bias ? 1 : 0) },
    shaders: [biasSnippet(bias, parameterStride), normaliseShader],
    dtype: x.dtype,
    ranges: [whole(operand, x), inverse, y],
    ...{ scale, bias, center: mean },
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
  { dy, x, statistics: { mean, inverse }, scale }: GradientOperands,
): Reduced {
  const ranges = [whole("dy", dy), whole("x", x), inverse];
  const reduction = { lanes: lanesOf(normalisation), owner, dtype: x.dtype, ranges, center: mean };
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
  /** Whether the numbers of a set are centred; else the first sum is left 0. Default: true. */
  readonly centered?: boolean;
  /** Leaves 0 for sets whose inverse norm is `limit`. */
  readonly moving?: { readonly inverse: Range; readonly limit: number };
}

/** Multiplies the sums of each owner by a factor, and by its scale if given, and stores them in tensors or in the workspace. */
export function finishSums(
  parts: Range,
  count: number,
  { sum, products, dtype, factor = 1, scale, centered = true, moving }: FinishSums,
): Step<string> {
  const own = moving ? { range: moving.inverse, dtype: "f32" as const } : scale;
  return dispatch({
    shaders: [moving ? movingShader : scaleSnippet(scale), finishSumsShader],
    constants: { CENTERED: centered, ...(moving && { LIMIT: { f32: moving.limit } }) },
    aliases: { V: "f32", Q: "f32", P: elementTypes(own?.dtype ?? "f32").one, R: elementTypes(dtype).one },
    ranges: bound([parts, sum, products], { scale: own }),
    readWrite: [...(isInWorkspace(sum) ? [1] : []), ...(moving && isInWorkspace(moving.inverse) ? [8] : [])],
    uniforms: { factor },
    threads: count,
  });
}

/**
 * Computes the gradient of x: (g - mean(g) - normalised x * mean(g * normalised x)) / deviation for g = dy * scale, with means over each
 * set.
 * @param SIGNS whether the divisor is a sum of magnitudes: the gradient then has the sign of x in place of the normalised x
 */
export function inputGradient(
  normalisation: Normalisation,
  { dy, x, statistics: { mean, inverse }, scale }: GradientOperands,
  dx: Range,
  means: SumRanges,
  SIGNS = false,
): Step<string> {
  return elementStep(normalisation, {
    loads: { set: mean ? 4 : 3, parameter: scale ? 1 : 0 },
    shaders: [normaliseBackwardShader],
    constants: { SIGNS },
    dtype: x.dtype,
    ranges: [whole("dy", dy), dx, inverse, whole("x", x), means.sum, means.products],
    ...{ scale, center: mean },
  });
}

interface ElementStep {
  readonly loads: Loads;
  readonly shaders: readonly Shader[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly dtype: Dtype;
  readonly ranges: readonly Range[];
  readonly scale?: Parameter | undefined;
  readonly bias?: Parameter | undefined;
  readonly center: Range | undefined;
}

/** The step of a kernel with a result for each element. */
function elementStep(
  normalisation: Normalisation,
  { loads, shaders, constants, dtype, ranges, ...own }: ElementStep,
): Step<string> {
  const lanes = lanesOf(normalisation);
  const elements = elementwise(lanes, loads);
  return dispatch({
    ...elements,
    shaders: [axesShader, scaleSnippet(own.scale, lanes.parameterStride), centerSnippet(own.center), ...shaders],
    constants: { ...elements.constants, ...constants },
    aliases: aliasesOf(lanes, dtype, own.scale ?? own.bias),
    ranges: bound(ranges, own),
  });
}
