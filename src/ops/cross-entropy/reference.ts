// CPU reference of the cross entropy of logits and a target, and of its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { linesOf, logSumExp } from "../shared/reference/lines.ts";
import {
  CROSS_ENTROPY_KEYS,
  type CrossEntropyOptions,
  type Entropy,
  LIKELIHOOD_KEYS,
  type NegativeLogLikelihoodOptions,
  entropyOf,
} from "./geometry.ts";

export type ReferenceCrossEntropyOptions = CrossEntropyOptions<NdArray> & LayoutOptions;
export type ReferenceLikelihoodOptions = NegativeLogLikelihoodOptions<NdArray> & LayoutOptions;

/** A line of logits, with the weight of each class in its loss. */
interface Line {
  readonly places: readonly number[];
  readonly logits: readonly number[];
  readonly classWeights: readonly number[];
  /** The weight of the line in the mean. */
  readonly weight: number;
}

interface Call {
  readonly shape: readonly number[];
  readonly losses: number[];
  readonly entropy: Entropy;
  readonly lines: readonly Line[];
}

function callOf(from: string, logits: NdArray, target: NdArray, options: ReferenceCrossEntropyOptions): Call {
  const { data, shape } = checkNdArray(from, logits, [2, 3, 4, 5]);
  const given = checkNdArray("target", target, [1, 2, 3, 4, 5]);
  const axis = channelAxis(shape, layoutOf(options));
  const losses = shape.filter((_, at) => at !== axis);
  const entropy = entropyOf(options, { logits: shape, losses, target: given.shape });
  const classes = shape[axis]!;
  const weight = options.weight && checkNdArray("weight", options.weight, [1]);
  if (weight) checkShapeIs("weight", weight.shape, [classes]);
  const weightOf = (c: number): number => weight?.data[c] ?? 1;
  const { smoothing, ignored, indexed } = entropy;
  const lines = linesOf(shape, axis).map((places, line): Line => {
    const own = { places, logits: places.map((place) => data[place]!) };
    const weightInLoss = (t: number, c: number): number => weightOf(c) * ((1 - smoothing) * t + smoothing / classes);
    if (!indexed)
      return { ...own, classWeights: places.map((place, c) => weightInLoss(given.data[place]!, c)), weight: 1 };
    const at = given.data[line]!;
    if (at === ignored) return { ...own, classWeights: places.map(() => 0), weight: 0 };
    if (!Number.isInteger(at) || at < 0 || at >= classes)
      return { ...own, classWeights: places.map(() => Number.NaN), weight: Number.NaN };
    return { ...own, classWeights: places.map((_, c) => weightInLoss(c === at ? 1 : 0, c)), weight: weightOf(at) };
  });
  return { shape, losses, entropy, lines };
}

/** The divisor of the sum of all losses. */
function divisorOf({ entropy, lines }: Call): number {
  return entropy.reduction === "mean" ? lines.reduce((sum, { weight }) => sum + weight, 0) : 1;
}

/** `crossEntropy` of convoke/ops, in float64. */
export function crossEntropy(
  logits: NdArray,
  target: NdArray,
  options: ReferenceCrossEntropyOptions = {},
): Float64NdArray {
  checkOptions("options", options, [...CROSS_ENTROPY_KEYS, "layout"]);
  return loss(callOf("logits", logits, target, options), logSumExp);
}

/** `negativeLogLikelihood` of convoke/ops, in float64. */
export function negativeLogLikelihood(
  logProbabilities: NdArray,
  target: NdArray,
  options: ReferenceLikelihoodOptions = {},
): Float64NdArray {
  checkOptions("options", options, [...LIKELIHOOD_KEYS, "layout"]);
  return loss(likelihoodOf(logProbabilities, target, options), () => 0);
}

/** @param normOf the logarithm of the sum of a line's exponentials */
function loss(call: Call, normOf: (line: readonly number[]) => number): Float64NdArray {
  const losses = Float64Array.from(call.lines, (line) => {
    const norm = normOf(line.logits);
    // A class of weight 0 adds nothing, even if its logit is -Infinity.
    return line.classWeights.reduce(
      (sum, classWeight, c) => (classWeight === 0 ? sum : sum + classWeight * (norm - line.logits[c]!)),
      0,
    );
  });
  if (call.entropy.reduction === "none") return { data: losses, shape: call.losses };
  const sum = losses.reduce((total, one) => total + one, 0);
  return { data: Float64Array.of(sum / divisorOf(call)), shape: [1] };
}

/** `crossEntropyBackward` of convoke/ops, in float64. */
export function crossEntropyBackward(
  logits: NdArray,
  target: NdArray,
  options: ReferenceCrossEntropyOptions & { dy?: NdArray } = {},
): Float64NdArray {
  checkOptions("options", options, [...CROSS_ENTROPY_KEYS, "dy", "layout"]);
  return gradient(callOf("logits", logits, target, options), options.dy, (line) => {
    const norm = logSumExp(line);
    return line.map((v) => Math.exp(v - norm));
  });
}

/** `negativeLogLikelihoodBackward` of convoke/ops, in float64. */
export function negativeLogLikelihoodBackward(
  logProbabilities: NdArray,
  target: NdArray,
  options: ReferenceLikelihoodOptions & { dy?: NdArray } = {},
): Float64NdArray {
  checkOptions("options", options, [...LIKELIHOOD_KEYS, "dy", "layout"]);
  return gradient(likelihoodOf(logProbabilities, target, options), options.dy, (line) => line.map(() => 0));
}

function likelihoodOf(logProbabilities: NdArray, target: NdArray, options: ReferenceLikelihoodOptions): Call {
  const call = callOf("logProbabilities", logProbabilities, target, options);
  if (!call.entropy.indexed) checkShapeIs("target", target.shape, call.losses);
  return call;
}

/** @param probabilitiesOf the softmax of a line; zeros where there is none */
function gradient(
  call: Call,
  given: NdArray | undefined,
  probabilitiesOf: (line: readonly number[]) => readonly number[],
): Float64NdArray {
  const dy = given && checkNdArray("dy", given, [1, 2, 3, 4, 5]);
  const each = call.entropy.reduction === "none";
  if (dy) checkShapeIs("dy", dy.shape, each ? call.losses : [1]);
  const divisor = divisorOf(call);
  const dx = new Float64Array(elementCount(call.shape));
  call.lines.forEach(({ places, logits: line, classWeights, weight }, at) => {
    if (weight === 0 && classWeights.every((classWeight) => classWeight === 0)) return;
    const factor = (dy ? dy.data[each ? at : 0]! : 1) / divisor;
    const probabilities = probabilitiesOf(line);
    const all = classWeights.reduce((sum, classWeight) => sum + classWeight, 0);
    places.forEach((place, c) => (dx[place] = factor * (all * probabilities[c]! - classWeights[c]!)));
  });
  return { data: dx, shape: [...call.shape] };
}
