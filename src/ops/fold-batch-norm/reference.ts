// CPU reference of batch normalisation folded into the weights before it, in float64.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { splitKernel } from "../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { type BatchStatistics, inverseDeviations, readParameter } from "../shared/reference/normalise.ts";
import { type FoldGeometry, foldSets } from "./geometry.ts";

/** `foldBatchNorm` of convoke/ops, in float64. */
export function foldBatchNorm(
  w: NdArray,
  options: BatchStatistics & LayoutOptions & FoldGeometry & { convBias?: NdArray },
): { w: Float64NdArray; bias: Float64NdArray } {
  const keys = ["mean", "variance", "scale", "bias", "epsilon", "convBias", "transposed", "groups", "layout"];
  checkOptions("options", options, keys);
  const layout = layoutOf(options);
  const weights = checkNdArray("w", w, [2, 3, 4, 5]);
  const shape = [...foldSets(weights.shape, layout, options).parameterShape];
  const mean = readParameter("mean", options.mean, shape);
  const inverse = inverseDeviations(readParameter("variance", options.variance, shape), checkEpsilon(options.epsilon));
  const scale = readParameter("scale", options.scale, shape, 1);
  const bias = readParameter("bias", options.bias, shape, 0);
  const convBias = readParameter("convBias", options.convBias, shape, 0);
  const factor = inverse.map((value, k) => value * scale[k]!);
  const last = layout === "channels-last" && weights.shape.length > 2;
  const { outer, inner, spatial } = splitKernel(weights.shape, last ? "channels-last" : "channels-first");
  const taps = elementCount(spatial);
  const { transposed = false, groups = 1 } = options;
  const data = weights.data.map((weight, at) => {
    // The weights are [outer, inner, taps] or [taps, inner, outer].
    const a = last ? at % outer : Math.floor(at / taps / inner);
    const b = last ? Math.floor(at / outer) % inner : Math.floor(at / taps) % inner;
    const channel = transposed ? Math.floor(a / (outer / groups)) * inner + b : a;
    return weight * factor[channel]!;
  });
  return {
    w: { data, shape: weights.shape },
    bias: { data: convBias.map((value, k) => (value - mean[k]!) * factor[k]! + bias[k]!), shape },
  };
}
