// CPU reference of layer, instance and group normalisation and their gradients, in float64.
import { refuse } from "../../base/error.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { type LayerAxes, checkAxes, checkEpsilon, checkGroups } from "../shared/geometry/normalisation.ts";
import type { LayoutOptions } from "../shared/reference/feature-map.ts";
import {
  type AffineParameters,
  type Division,
  type NormalisedValues,
  inverseDeviations,
  normalised,
  normalisedBackward,
  placesAlong,
  readAffine,
  readNormalised,
  readParameter,
  statisticsOf,
} from "../shared/reference/normalise.ts";

export interface ReferenceNormOptions extends AffineParameters, LayoutOptions {}

export interface ReferenceNormBackwardOptions extends Omit<ReferenceNormOptions, "bias"> {
  mean?: NdArray;
  inverseDeviation?: NdArray;
}

interface LayerOptions {
  axes?: LayerAxes;
}

interface GroupOptions {
  groups: number;
}

type WithStatistics = {
  y: Float64NdArray;
  mean: Float64NdArray;
  inverseDeviation: Float64NdArray;
};

interface Gradients {
  dx: Float64NdArray;
  dscale: Float64NdArray;
  dbias: Float64NdArray;
}

/** `layerNorm` of convoke/ops, in float64. */
export function layerNorm(x: NdArray, options: ReferenceNormOptions & LayerOptions = {}): Float64NdArray {
  return forward(x, options, ["axes"], (values) => layerDivision(values, options.axes)).y;
}

/** `layerNormWithStatistics` of convoke/ops, in float64. */
export function layerNormWithStatistics(x: NdArray, options: ReferenceNormOptions & LayerOptions = {}): WithStatistics {
  return counted(forward(x, options, ["axes"], (values) => layerDivision(values, options.axes)));
}

/** `layerNormBackward` of convoke/ops, in float64. */
export function layerNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions & LayerOptions = {},
): Gradients {
  return backward(dy, x, options, ["axes"], (values) => layerDivision(values, options.axes));
}

/** `instanceNorm` of convoke/ops, in float64. */
export function instanceNorm(x: NdArray, options: ReferenceNormOptions = {}): Float64NdArray {
  return forward(x, options, [], instanceDivision).y;
}

/** `instanceNormWithStatistics` of convoke/ops, in float64. */
export function instanceNormWithStatistics(x: NdArray, options: ReferenceNormOptions = {}): WithStatistics {
  return counted(forward(x, options, [], instanceDivision));
}

/** `instanceNormBackward` of convoke/ops, in float64. */
export function instanceNormBackward(dy: NdArray, x: NdArray, options: ReferenceNormBackwardOptions = {}): Gradients {
  return backward(dy, x, options, [], instanceDivision);
}

/** `groupNorm` of convoke/ops, in float64. */
export function groupNorm(x: NdArray, options: ReferenceNormOptions & GroupOptions): Float64NdArray {
  return forward(x, options, ["groups"], (values) => groupDivision(values, options.groups)).y;
}

/** `groupNormWithStatistics` of convoke/ops, in float64. */
export function groupNormWithStatistics(x: NdArray, options: ReferenceNormOptions & GroupOptions): WithStatistics {
  return counted(forward(x, options, ["groups"], (values) => groupDivision(values, options.groups)));
}

/** `groupNormBackward` of convoke/ops, in float64. */
export function groupNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions & GroupOptions,
): Gradients {
  return backward(dy, x, options, ["groups"], (values) => groupDivision(values, options.groups));
}

/** A set for each group of channels of each image. */
export function groupDivision({ shape, layout }: NormalisedValues, given: unknown): Division {
  checkShape("x.shape", shape, RANKS.slice(2));
  const at = channelAxis(shape, layout);
  const channels = shape[at]!;
  const groups = checkGroups(channels, given);
  const parameters = placesAlong(shape, [at]);
  const sets = placesAlong(shape, [0]).map((n, one) => n * groups + Math.floor(parameters[one]! / (channels / groups)));
  return { sets, parameters, parameterShape: [channels], statisticShape: [shape[0]!, groups] };
}

/** A set for each channel of each image. */
export function instanceDivision(x: NormalisedValues): Division {
  checkShape("x.shape", x.shape, RANKS.slice(3));
  return groupDivision(x, x.shape[channelAxis(x.shape, x.layout)]);
}

/** A set for all elements along the normalised axes. */
export function layerDivision(x: NormalisedValues, given: unknown): Division {
  const { shape } = x;
  const axes = checkAxes(x, given);
  const others = [...shape.keys()].filter((axis) => !axes.includes(axis));
  return {
    sets: placesAlong(shape, others),
    parameters: placesAlong(shape, axes),
    parameterShape: axes.map((axis) => shape[axis]!),
    statisticShape: shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  };
}

function forward(
  x: NdArray,
  options: ReferenceNormOptions,
  keys: readonly string[],
  divisionOf: (x: NormalisedValues) => Division,
): WithStatistics {
  checkOptions("options", options, ["scale", "bias", "epsilon", "layout", ...keys]);
  const values = readNormalised("x", x, options);
  const division = divisionOf(values);
  const { mean, variance } = statisticsOf(values, division);
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  const shape = [...division.statisticShape];
  return {
    y: normalised(values, division, { mean, inverse }, readAffine(options, division.parameterShape)),
    mean: { data: mean, shape },
    inverseDeviation: { data: inverse, shape },
  };
}

/** @throws ConvError if there are means of no numbers */
export function counted<Result extends { y: Float64NdArray } & Record<string, Float64NdArray>>(result: Result): Result {
  const { y, ...statistics } = result;
  if (y.data.length === 0 && Object.values<Float64NdArray>(statistics).some(({ data }) => data.length > 0))
    refuse("shape-mismatch", "x.shape", y.shape, "at least one number for each mean");
  return result;
}

function backward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions,
  keys: readonly string[],
  divisionOf: (x: NormalisedValues) => Division,
): Gradients {
  checkOptions("options", options, ["scale", "epsilon", "layout", "mean", "inverseDeviation", ...keys]);
  const values = readNormalised("x", x, options);
  const gradient = readNormalised("dy", dy, options);
  const division = divisionOf(values);
  checkShapeIs("dy", gradient.shape, values.shape);
  const { mean, variance } = statisticsOf(values, division);
  const epsilon = checkEpsilon(options.epsilon);
  const scale = readParameter("scale", options.scale, division.parameterShape, 1);
  const given = options.mean !== undefined || options.inverseDeviation !== undefined;
  if (given && epsilon !== checkEpsilon(undefined))
    refuse("invalid-argument", "epsilon", epsilon, "none with inverseDeviation, which already includes it");
  const statistics = given
    ? {
        mean: readParameter("mean", options.mean, division.statisticShape),
        inverse: readParameter("inverseDeviation", options.inverseDeviation, division.statisticShape),
      }
    : { mean, inverse: inverseDeviations(variance, epsilon) };
  return normalisedBackward(gradient.data, values, division, { ...statistics, dependence: "centered" }, scale);
}
