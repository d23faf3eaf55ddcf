// Gaussian pooling, a mean whose weights fall off from the centre of each window, and its gradient.
import { eachAxis } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Resampling } from "../resize/geometry.ts";
import { resamplingRecipe } from "../resize/resampling.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkWindowBackward } from "../shared/pool-calls.ts";
import { type TapWeights, weightedSums, weightedTranspose, weightedWindows } from "../shared/pool-weights.ts";
import {
  GAUSSIAN_POOL_KEYS,
  type Gaussian,
  type GaussianPoolBackwardOptions,
  type GaussianPoolOptions,
  gaussianOf,
} from "./geometry.ts";

/**
 * The mean of each window of each channel, each cell weighted by exp(-r^2 / (2 sigma^2)) of its distance r from the centre of the window.
 * The weights are normalised over the cells inside the input; padding has weight 0.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const y = gaussianPool(x, { kernelSize: 5, stride: 2, padding: 2, sigma: 1 });
 */
export function gaussianPool(x: Tensor, options: GaussianPoolOptions): Tensor {
  checkOptions("options", options, GAUSSIAN_POOL_KEYS);
  const { map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const gaussian = gaussianOf(map, windows, options);
  const output = pooled(map, windows);
  const { dtype } = x;
  const { isSoftware } = x.gpu;
  const y = describeMap(output, dtype);
  return run({
    name: "gaussianPool",
    inputs: { x },
    results: { y },
    parameters: [windows, gaussian],
    recipe: () => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      const ranges = [whole("x", x), whole("y", y)] as const;
      if (weighted) return { steps: [weightedSums({ weighted, pooled: output, map, dtype, ranges, isSoftware })] };
      return resamplingRecipe({ resampling: alongAxes(map, windows, gaussian), map, dtype, ranges, isSoftware }, false);
    },
  }).y;
}

/**
 * The gradient of `gaussianPool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = gaussianPoolBackward(dy, { kernelSize: 5, sigma: 1, inputShape: x.shape });
 */
export function gaussianPoolBackward(dy: Tensor, options: GaussianPoolBackwardOptions): Tensor {
  const { map, windows, output, dx } = checkWindowBackward(dy, options, GAUSSIAN_POOL_KEYS);
  const gaussian = gaussianOf(map, windows, options);
  const { dtype } = dy;
  const { isSoftware } = dy.gpu;
  return run({
    name: "gaussianPoolBackward",
    inputs: { dy },
    results: { dx },
    parameters: [windows, gaussian],
    recipe: (): Recipe => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      const ranges = [whole("dy", dy), whole("dx", dx)] as const;
      if (weighted) return { steps: [weightedTranspose({ weighted, pooled: output, map, dtype, ranges, isSoftware })] };
      return resamplingRecipe({ resampling: alongAxes(map, windows, gaussian), map, dtype, ranges, isSoftware }, true);
    },
  }).dx;
}

/** The weights of the taps of a window along an axis, whose sum is 1: 0 for taps outside the map. */
function tapWeights(map: FeatureMap, windows: Windows, { scale, centre }: Gaussian): TapWeights {
  return (axis, window) => {
    const start = window * windows.stride[axis] - windows.padBegin[axis];
    const squares = Array.from({ length: windows.kernel[axis] }, (_, tap) => {
      const cell = start + tap * windows.dilation[axis];
      return cell >= 0 && cell < map.size[axis] ? (tap - centre[axis]) ** 2 : Infinity;
    });
    // The nearest cell weighs 1, so that the sum is not 0 whatever sigma is.
    const nearest = Math.min(...squares);
    const weights = squares.map((square) => Math.exp(scale[axis] * (nearest - square)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };
}

/** Large windows as a resampling: one pass along each axis. */
function alongAxes(map: FeatureMap, windows: Windows, { scale, centre }: Gaussian): Resampling {
  const output = pooled(map, windows);
  return {
    ...{ mode: "gaussian", excludeOutside: true, normalised: true, output },
    ...{ before: false, cubicCoefficient: 0, extrapolationValue: 0 },
    axes: eachAxis((axis) => ({
      ...{ inputs: map.size[axis], outputs: output.size[axis], inside: [0, output.size[axis]] },
      line: { base: BigInt(-windows.padBegin[axis]), step: BigInt(windows.stride[axis]), unit: 1n },
      ...{ first: 0, taps: windows.kernel[axis], dilation: windows.dilation[axis] },
      ...{ centre: centre[axis], narrow: Math.sqrt(scale[axis]) },
    })),
  };
}
