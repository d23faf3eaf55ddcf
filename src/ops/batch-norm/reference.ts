// CPU reference of batch normalisation and its gradients, in float64.
import { refuse } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
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
  readAffine,
  readNormalised,
  readParameter,
  statisticsOf,
} from "../shared/reference/normalise.ts";
import { checkDeviation, checkMomentum } from "./geometry.ts";

export interface ReferenceBatchNormOptions extends BatchStatistics, LayoutOptions {}

export interface ReferenceBatchNormTrainingOptions extends AffineParameters, LayoutOptions {
  momentum?: number;
  runningMean?: NdArray;
  runningVariance?: NdArray;
}

export interface ReferenceBatchNormBackwardOptions extends LayoutOptions {
  mean: NdArray;
  inverseDeviation?: NdArray;
  variance?: NdArray;
  scale?: NdArray;
  epsilon?: number;
}

/** A set for each channel. */
export function channelDivision({ channels }: NormalisedValues): Division {
  return { sets: channels, parameterShape: [channels], setOf: ({ c }) => c, parameterOf: ({ c }) => c };
}

/** `batchNorm` of convoke/ops, in float64. */
export function batchNorm(x: NdArray, options: ReferenceBatchNormOptions): Float64NdArray {
  checkOptions("options", options, ["mean", "variance", "scale", "bias", "epsilon", "layout"]);
  const values = readNormalised("x", x, options);
  const shape = [values.channels];
  const mean = readParameter("mean", options.mean, shape);
  const variance = readParameter("variance", options.variance, shape);
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  return normalised(values, channelDivision(values), { mean, inverse }, readAffine(options, shape));
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
  const keys = ["scale", "bias", "epsilon", "momentum", "runningMean", "runningVariance", "layout"];
  checkOptions("options", options, keys);
  const values = readNormalised("x", x, options);
  const shape = [values.channels];
  const division = channelDivision(values);
  const { mean, variance, count } = statisticsOf(values, division);
  if (count[0] === 1) refuse("shape-mismatch", "x.shape", values.shape, "more than one number for each channel");
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  const y = normalised(values, division, { mean, inverse }, readAffine(options, shape));
  const { runningMean, runningVariance } = options;
  const running = runningMean !== undefined || runningVariance !== undefined;
  const momentum = checkMomentum(options.momentum, running);
  const towards = (before: Float64Array, batch: Float64Array): Float64NdArray => {
    return { data: before.map((value, c) => (1 - momentum) * value + momentum * batch[c]!), shape };
  };
  const unbiased = variance.map((value, c) => (value * count[c]!) / (count[c]! - 1));
  return {
    ...{ y, mean: { data: mean, shape }, inverseDeviation: { data: inverse, shape } },
    ...(running && {
      runningMean: towards(readParameter("runningMean", runningMean, shape), mean),
      runningVariance: towards(readParameter("runningVariance", runningVariance, shape), unbiased),
    }),
  };
}

/** `batchNormBackward` of convoke/ops, in float64. */
export function batchNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceBatchNormBackwardOptions,
): { dx: Float64NdArray; dscale: Float64NdArray; dbias: Float64NdArray } {
  checkOptions("options", options, ["mean", "inverseDeviation", "variance", "scale", "epsilon", "layout"]);
  const values = readNormalised("x", x, options);
  const gradient = readNormalised("dy", dy, options);
  checkShapeIs("dy", gradient.shape, values.shape);
  const { inverseDeviation, variance } = options;
  const epsilon = checkDeviation(options);
  const shape = [values.channels];
  const mean = readParameter("mean", options.mean, shape);
  const fixed = inverseDeviation === undefined;
  const inverse = fixed
    ? inverseDeviations(readParameter("variance", variance, shape), epsilon)
    : readParameter("inverseDeviation", inverseDeviation, shape);
  const scale = readParameter("scale", options.scale, shape, 1);
  return normalisedBackward(gradient.data, values, channelDivision(values), { mean, inverse, fixed }, scale);
}
