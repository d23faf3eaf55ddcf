// CPU reference of batch normalisation and its gradients, in float64.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { axisOf } from "../shared/geometry/axis.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";
import type { LayoutOptions } from "../shared/reference/feature-map.ts";
import {
  type AffineParameters,
  type BatchStatistics,
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
import { type RunningOptions, checkDeviation, checkRunningOptions } from "./geometry.ts";

interface BatchAxis extends LayoutOptions {
  axis?: number;
}

export interface ReferenceBatchNormOptions extends BatchStatistics, BatchAxis {}

export interface ReferenceBatchNormTrainingOptions extends AffineParameters, BatchAxis, RunningOptions {
  runningMean?: NdArray;
  runningVariance?: NdArray;
}

export interface ReferenceBatchNormBackwardOptions extends BatchAxis {
  mean: NdArray;
  inverseDeviation?: NdArray;
  variance?: NdArray;
  scale?: NdArray;
  epsilon?: number;
}

/** A set for each place along an axis, by default the channels. */
export function channelDivision({ shape, layout }: NormalisedValues, along?: number): Division {
  checkShape("x.shape", shape, RANKS.slice(along === undefined ? 2 : 1));
  const axis = axisOf(along, shape, layout);
  const channels = placesAlong(shape, [axis]);
  const own = [shape[axis]!];
  return { sets: channels, parameters: channels, parameterShape: own, statisticShape: own };
}

/** `batchNorm` of convoke/ops, in float64. */
export function batchNorm(x: NdArray, options: ReferenceBatchNormOptions): Float64NdArray {
  checkOptions("options", options, ["mean", "variance", "scale", "bias", "epsilon", "axis", "layout"]);
  const values = readNormalised("x", x, options);
  const division = channelDivision(values, options.axis);
  const shape = [...division.parameterShape];
  const mean = readParameter("mean", options.mean, shape);
  const variance = readParameter("variance", options.variance, shape);
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  return normalised(values, division, { mean, inverse }, readAffine(options, shape));
}

/** `batchNormTraining` of convoke/ops, in float64; running statistics are returned if given, not updated in place. */
export function batchNormTraining(
  x: NdArray,
  options: ReferenceBatchNormTrainingOptions = {},
): {
  y: Float64NdArray;
  mean: Float64NdArray;
  inverseDeviation: Float64NdArray;
  runningMean?: Float64NdArray;
  runningVariance?: Float64NdArray;
} {
  const keys = ["scale", "bias", "epsilon", "axis", "layout"];
  const running = ["momentum", "runningMean", "runningVariance", "biasedVariance"];
  checkOptions("options", options, [...keys, ...running]);
  const values = readNormalised("x", x, options);
  const division = channelDivision(values, options.axis);
  const shape = [...division.parameterShape];
  const { mean, variance, count } = statisticsOf(values, division);
  const members = values.shape.filter((_, at) => at !== axisOf(options.axis, values.shape, values.layout));
  if (elementCount(members) < 2)
    refuse("shape-mismatch", "x.shape", values.shape, "more than one number for each channel");
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  const y = normalised(values, division, { mean, inverse }, readAffine(options, shape));
  const { runningMean, runningVariance } = options;
  const hasRunning = runningMean !== undefined || runningVariance !== undefined;
  const { momentum, biased } = checkRunningOptions(options, hasRunning);
  const towards = (before: Float64Array, batch: Float64Array): Float64NdArray => {
    return { data: before.map((value, c) => (1 - momentum) * value + momentum * batch[c]!), shape };
  };
  const updated = biased ? variance : variance.map((value, c) => (value * count[c]!) / (count[c]! - 1));
  return {
    ...{ y, mean: { data: mean, shape }, inverseDeviation: { data: inverse, shape } },
    ...(hasRunning && {
      runningMean: towards(readParameter("runningMean", runningMean, shape), mean),
      runningVariance: towards(readParameter("runningVariance", runningVariance, shape), updated),
    }),
  };
}

/** `batchNormBackward` of convoke/ops, in float64. */
export function batchNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceBatchNormBackwardOptions,
): { dx: Float64NdArray; dscale: Float64NdArray; dbias: Float64NdArray } {
  checkOptions("options", options, ["mean", "inverseDeviation", "variance", "scale", "epsilon", "axis", "layout"]);
  const values = readNormalised("x", x, options);
  const gradient = readNormalised("dy", dy, options);
  const division = channelDivision(values, options.axis);
  checkShapeIs("dy", gradient.shape, values.shape);
  const { inverseDeviation, variance } = options;
  const epsilon = checkDeviation(options);
  const shape = division.parameterShape;
  const mean = readParameter("mean", options.mean, shape);
  const fixed = inverseDeviation === undefined;
  const inverse = fixed
    ? inverseDeviations(readParameter("variance", variance, shape), epsilon)
    : readParameter("inverseDeviation", inverseDeviation, shape);
  const scale = readParameter("scale", options.scale, shape, 1);
  const dependence = fixed ? "fixed" : "centered";
  return normalisedBackward(gradient.data, values, division, { mean, inverse, dependence }, scale);
}
