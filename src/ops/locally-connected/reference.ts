// CPU reference of locally connected layers and their gradients, in float64: a loop over the terms of each output.
import { pick } from "../../base/pick.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions, checkShape } from "../../base/validate.ts";
import { type ConvProblem, splitShape, tensorShape } from "../../problem/problem.ts";
import { forEachOutput, fold, pad, paddedCount, tensorStrides, termsOf } from "../../reference/geometry.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import {
  LOCAL_KEYS,
  type LocalOptions,
  checkLocalShape,
  localBiasShape,
  localChannels,
  localProblem,
  localShape,
} from "./geometry.ts";

type Options = LocalOptions & LayoutOptions;

const RANKS = [3, 4, 5];

/** `locallyConnected` of convoke/ops, in float64. */
export function locallyConnected(x: NdArray, w: NdArray, options: Options & { bias?: NdArray }): Float64NdArray {
  checkOptions("options", options, [...LOCAL_KEYS, "bias", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const { bias } = options;
  const weights = checkNdArray("w", w, RANKS);
  const problem = problemOf("x.shape", shape, localChannels(weights.shape, layoutOf(options)), options);
  checkLocalShape("w.shape", weights.shape, problem);
  if (bias !== undefined) checkShapeIs("bias", checkNdArray("bias", bias, [2, 3, 4]).shape, localBiasShape(problem));
  const input = pad(problem, data);
  const y = new Float64Array(elementCount(tensorShape(problem, "y")));
  const outputs = y.length / problem.N;
  forEachTerm(problem, (output, cell, weight) => (y[output]! += input[cell]! * weights.data[weight]!));
  if (bias !== undefined) y.forEach((_, at) => (y[at]! += bias.data[at % outputs]!));
  return { data: y, shape: tensorShape(problem, "y") };
}

/** `locallyConnectedBackwardData` of convoke/ops, in float64. */
export function locallyConnectedBackwardData(
  dy: NdArray,
  w: NdArray,
  options: Options & { inputShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...LOCAL_KEYS, "inputShape", "layout"]);
  const weights = checkNdArray("w", w, RANKS);
  const K = localChannels(weights.shape, layoutOf(options));
  const problem = problemOf("inputShape", options.inputShape, K, options);
  checkLocalShape("w.shape", weights.shape, problem);
  const { data } = gradientOf(dy, problem);
  const padded = new Float64Array(paddedCount(problem));
  forEachTerm(problem, (output, cell, weight) => (padded[cell]! += data[output]! * weights.data[weight]!));
  return { data: fold(problem, padded), shape: tensorShape(problem, "x") };
}

/** `locallyConnectedBackwardWeights` of convoke/ops, in float64. */
export function locallyConnectedBackwardWeights(x: NdArray, dy: NdArray, options: Options): Float64NdArray {
  checkOptions("options", options, [...LOCAL_KEYS, "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const { channels } = splitShape(checkNdArray("dy", dy, RANKS).shape, layoutOf(options));
  const problem = problemOf("x.shape", shape, channels, options);
  const gradient = gradientOf(dy, problem);
  const input = pad(problem, data);
  const dw = new Float64Array(elementCount(localShape(problem)));
  forEachTerm(problem, (output, cell, weight) => (dw[weight]! += gradient.data[output]! * input[cell]!));
  return { data: dw, shape: localShape(problem) };
}

/** `locallyConnectedBackwardBias` of convoke/ops, in float64. */
export function locallyConnectedBackwardBias(dy: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  layoutOf(options);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const sums = new Float64Array(data.length / shape[0]!);
  data.forEach((value, at) => (sums[at % sums.length]! += value));
  return { data: sums, shape: shape.slice(1) };
}

function problemOf(argument: string, shape: readonly number[], K: number, options: Options): ConvProblem {
  return localProblem(argument, checkShape(argument, shape, RANKS), layoutOf(options), K, pick(options, LOCAL_KEYS));
}

function gradientOf(dy: NdArray, problem: ConvProblem): Float64NdArray {
  const gradient = checkNdArray("dy", dy, RANKS);
  checkShapeIs("dy", gradient.shape, tensorShape(problem, "y"));
  return gradient;
}

/** Visits each product of each output: the indices of the output in y, of the cell in the padded input, and of the weight in w. */
function forEachTerm(problem: ConvProblem, visit: (output: number, cell: number, weight: number) => void): void {
  const { inInput } = termsOf(problem);
  const cells = elementCount(problem.output);
  const terms = inInput.length;
  const taps = elementCount(problem.kernel);
  const last = problem.layout === "channels-last";
  const y = tensorStrides(problem, "y");
  forEachOutput(problem, (corner, _, output) => {
    const k = Math.floor((output % y.batch) / y.channel) % problem.K;
    const cell = Math.floor((output % y.batch) / y.cell) % cells;
    for (let term = 0; term < terms; term++) {
      // Terms are [channel, tap], or channels last [tap, channel].
      const own = last ? (term % taps) * (terms / taps) + Math.floor(term / taps) : term;
      const weight = last ? (cell * terms + own) * problem.K + k : (k * terms + own) * cells + cell;
      visit(output, corner + inInput[term]!, weight);
    }
  });
}
