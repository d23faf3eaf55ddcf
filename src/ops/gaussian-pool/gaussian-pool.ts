// Gaussian pooling, a mean whose weights fall off from the centre of each window, and its gradient.
import backwardShader from "../../../shaders/ops/gaussian-pool/backward.wgsl";
import gaussianShader from "../../../shaders/ops/gaussian-pool/gaussian.wgsl";
import scaleDyShader from "../../../shaders/ops/gaussian-pool/scale-dy.wgsl";
import weightsShader from "../../../shaders/ops/gaussian-pool/weights.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkWindowBackward } from "../shared/pool-calls.ts";
import { aroundWindows, poolGradient, scaleDy, scaledRange } from "../shared/pool-gradient.ts";
import type { Rule } from "../shared/pool-kernel.ts";
import { overWindows, reduction } from "../shared/pool-reduction.ts";
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
  const y = describeMap(output, dtype);
  return run({
    name: "gaussianPool",
    inputs: { x },
    results: { y },
    parameters: [windows, gaussian],
    recipe: () => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      if (weighted) {
        const ranges = [whole("x", x), whole("y", y)] as const;
        return { steps: [weightedSums({ weighted, pooled: output, map, dtype, ranges })] };
      }
      const rule = { ...gaussianRule(gaussian, [gaussianShader]), stateSize: 2 };
      return reduction({
        ...{ input: map, output, dtype, regions: overWindows(map, windows), rule },
        ...{ x: whole("x", x), results: [whole("y", y)] },
      });
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
  return run({
    name: "gaussianPoolBackward",
    inputs: { dy },
    results: { dx },
    parameters: [windows, gaussian],
    recipe: (): Recipe => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      const ranges: readonly [Range, Range] = [whole("dy", dy), whole("dx", dx)];
      if (weighted) return { steps: [weightedTranspose({ weighted, pooled: output, map, dtype, ranges })] };
      const over = overWindows(map, windows);
      const scaled = scaledRange(output);
      const scale = scaleDy({
        ...{ pooled: output, map, dtype, regions: over },
        rule: gaussianRule(gaussian, [scaleDyShader]),
        ranges: [ranges[0], scaled],
      });
      const gradient = poolGradient({
        ...{ pooled: output, map, dtype },
        // The weight depends on both the window and the cell, so windows cannot be loaded for a whole block.
        regions: { ...aroundWindows(map, windows), blocks: undefined },
        rule: gaussianRule(gaussian, [backwardShader], { CUT: !over.equal }),
        ranges: [scaled, ranges[1]],
      });
      return { steps: [scale, gradient], workspaceBytes: scaled.size };
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

function gaussianRule(
  { scale, centre }: Gaussian,
  shaders: readonly Shader[],
  constants: Rule["constants"] = {},
): Rule {
  return {
    shaders: [weightsShader, ...shaders],
    uniforms: { ...alongAxes("scale", scale), ...alongAxes("centre", centre) },
    constants,
  };
}
