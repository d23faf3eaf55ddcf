// Pooling by weights that fall off from the middle of each window, and its gradient.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  GAUSSIAN_POOL_KEYS,
  type Gaussian,
  type GaussianPoolBackwardOptions,
  type GaussianPoolOptions,
  gaussianOf,
} from "./geometry.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { aroundWindows, gathering, sharing } from "../shared/gathering.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import { type Rule, overWindows, reduction } from "../shared/pooling.ts";
import { type TapWeights, weightedSpread, weightedSums, weightedWindows } from "../shared/weighted-windows.ts";
import gaussianWeightsShader from "../../../shaders/ops/gaussian-pool/gaussian-weights.wgsl";

/**
 * The mean of each window of each channel, each cell weighted by exp(-r^2 / (2 sigma^2)) of its distance r from the middle of the window.
 * The weights of the cells that lie in the input are divided by their sum: padding has none.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function gaussianPool(x: Tensor, options: GaussianPoolOptions): Tensor {
  checkOptions("options", options, GAUSSIAN_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const gaussian = gaussianOf(map, windows, options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  return run({
    name: "gaussianPool",
    inputs: { x: tensor },
    results: { y },
    parameters: [windows, gaussian],
    recipe: () => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      if (weighted) {
        const ranges: [Range, Range] = [whole("x", tensor), whole("y", y)];
        return { steps: [weightedSums({ weighted, pooled: output, map, dtype, ranges })] };
      }
      return reduction({
        ...{ input: map, output, dtype, axes: overWindows(map, windows), rule: ruleOf("gaussian", gaussian) },
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      });
    },
  }).y;
}

/**
 * The gradient of `gaussianPool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function gaussianPoolBackward(
  dy: Tensor,
  options: GaussianPoolBackwardOptions,
): Tensor {
  checkOptions("options", options, [...GAUSSIAN_POOL_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const windows = windowsOf(map, options);
  const gaussian = gaussianOf(map, windows, options);
  const output = pooled(map, windows);
  const gradient = checkLike(
    "dy",
    dy,
    { shape: shapeOf(output), layout, dtype },
    "the result of this pooling",
  );
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "gaussianPoolBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: [windows, gaussian],
    recipe: () => {
      const weighted = weightedWindows(map, windows, tapWeights(map, windows, gaussian));
      if (weighted) {
        const ranges: [Range, Range] = [whole("dy", gradient), whole("dx", dx)];
        return { steps: [weightedSpread({ weighted, pooled: output, map, dtype, ranges })] };
      }
      const shares: Range = { operand: "workspace", offset: 0, size: elementsOf(output) * 4 };
      const common = { pooled: output, map, dtype };
      const share = sharing({
        ...{ ...common, axes: overWindows(map, windows), rule: ruleOf("gaussian-share", gaussian) },
        ranges: [whole("dy", gradient), shares],
      });
      const spread = gathering({
        ...{
          ...common,
          // What a window has for a cell depends on both: they are taken one by one.
          axes: { ...aroundWindows(map, windows), blocks: undefined },
          rule: ruleOf("gaussian-spread", gaussian, !overWindows(map, windows).alike),
        },
        ranges: [shares, whole("dx", dx)],
      });
      return { steps: [share, spread], workspaceBytes: shares.size };
    },
  }).dx;
}

/** The weights of a window's taps along an axis, which add up to 1: those outside the map have none. */
function tapWeights(map: FeatureMap, windows: Windows, { scale, centre }: Gaussian): TapWeights {
  return (axis, window) => {
    const start = window * windows.stride[axis] - windows.padBegin[axis];
    const squares = Array.from({ length: windows.kernel[axis] }, (_, tap) => {
      const cell = start + tap * windows.dilation[axis];
      return cell >= 0 && cell < map.size[axis] ? (tap - centre[axis]) ** 2 : Infinity;
    });
    // Of the nearest the weight is 1, so that they are not all 0 whatever sigma is.
    const nearest = Math.min(...squares);
    const weights = squares.map((square) => Math.exp(scale[axis] * (nearest - square)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };
}

function ruleOf(snippet: string, { scale, centre }: Gaussian, clipped = true): Rule {
  return {
    shaders: [gaussianWeightsShader, `ops/pool/${snippet}`],
    words: [...scale, ...centre].map(floatBits),
    // Whether some windows lack cells.
    constants: { CUT: clipped },
    kept: 2,
  };
}
