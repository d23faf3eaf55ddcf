// Adaptive pooling, which divides the input into a given number of bins, global pooling (one bin), and their gradients.
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { MAX, type Maxima, runMaxBackward, runMaxima } from "../max-pool/max-pool.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import {
  ADAPTIVE_KEYS,
  type AdaptivePoolBackwardOptions,
  type AdaptivePoolOptions,
  binned,
} from "../shared/geometry/bins.ts";
import { type FeatureMap, mapOfShape } from "../shared/geometry/feature-map.ts";
import { type IndexingOption, countsTensor } from "../shared/geometry/indices.ts";
import { checkPooled, runReduction } from "../shared/pool-calls.ts";
import { type Indices, checkIndices } from "../shared/pool-chosen.ts";
import { aroundBins } from "../shared/pool-gradient.ts";
import { type OutputRegions, overBins } from "../shared/pool-reduction.ts";

/**
 * The mean of each of `outputSize` bins along the axes, as PyTorch's `adaptive_avg_pool`: output i of O has the cells from floor(i I / O)
 * to before ceil((i + 1) I / O).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, ...outputSize], or [N, ...outputSize, C]
 * @throws ConvError naming the invalid argument
 * @example
 * const y = adaptiveAveragePool(x, { outputSize: [7, 7] });
 */
export function adaptiveAveragePool(x: Tensor, options: AdaptivePoolOptions): Tensor {
  const { map, output } = checkForward(x, options);
  return runReduction({
    name: "adaptiveAveragePool",
    ...{ x, input: map, output },
    recipe: () => {
      const regions = overBins(map, output);
      return { regions, rule: averageRule(divisorOf(regions)) };
    },
  });
}

/**
 * The gradient of `adaptiveAveragePool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = adaptiveAveragePoolBackward(dy, { outputSize: 7, inputShape: x.shape });
 */
export function adaptiveAveragePoolBackward(dy: Tensor, options: AdaptivePoolBackwardOptions): Tensor {
  const { map, output, dx } = checkBackward(dy, options);
  return run({
    name: "adaptiveAveragePoolBackward",
    inputs: { dy },
    results: { dx },
    recipe: () => {
      const over = overBins(map, output);
      return averageBackward({
        ...{ output, map, dtype: dy.dtype, over, around: aroundBins(map, output), divisor: divisorOf(over) },
        ...{ dy: whole("dy", dy), dx: whole("dx", dx), isSoftware: dy.gpu.isSoftware },
      });
    },
  }).dx;
}

/**
 * The largest cell of each of `outputSize` bins along the axes, the bins of `adaptiveAveragePool`. A bin with NaN is NaN.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, ...outputSize], or [N, ...outputSize, C]
 * @throws ConvError naming the invalid argument
 * @example
 * const y = adaptiveMaxPool(x, { outputSize: [7, 7] });
 */
export function adaptiveMaxPool(x: Tensor, options: AdaptivePoolOptions): Tensor {
  const { map, output } = checkForward(x, options);
  return runReduction({
    name: "adaptiveMaxPool",
    ...{ x, input: map, output },
    recipe: () => ({ regions: overBins(map, output), rule: MAX }),
  });
}

/** The options of `adaptiveMaxPoolWithIndices`. */
export interface AdaptiveMaxPoolOptions extends AdaptivePoolOptions, IndexingOption {}

/** The options of `adaptiveMaxPoolBackward`. */
export interface AdaptiveMaxPoolBackwardOptions extends AdaptivePoolBackwardOptions, IndexingOption {}

const ADAPTIVE_MAX_KEYS = [...ADAPTIVE_KEYS, "indexing"];

/**
 * As `adaptiveMaxPool`, with the positions of the maxima, counted as by `maxPoolWithIndices`.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @param options those of `adaptiveMaxPool`, and `indexing`
 * @returns two new tensors [N, C, ...outputSize], or [N, ...outputSize, C]
 * @throws ConvError naming the invalid argument
 * @example
 * const { y, indices } = adaptiveMaxPoolWithIndices(x, { outputSize: 7 });
 */
export function adaptiveMaxPoolWithIndices(x: Tensor, options: AdaptiveMaxPoolOptions): Maxima {
  const { map, output } = checkForward(x, options, ADAPTIVE_MAX_KEYS);
  return runMaxima({
    name: "adaptiveMaxPoolWithIndices",
    ...{ x, input: map, output, tensor: countsTensor(options) },
    regions: () => overBins(map, output),
  });
}

/**
 * The gradient of `adaptiveMaxPool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param indices "u32" or "f32", from `adaptiveMaxPoolWithIndices` or elsewhere; an index of no cell is ignored
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = adaptiveMaxPoolBackward(dy, indices, { outputSize: 7, inputShape: x.shape });
 */
export function adaptiveMaxPoolBackward(dy: Tensor, indices: Indices, options: AdaptiveMaxPoolBackwardOptions): Tensor {
  const { map, output, dx } = checkBackward(dy, options, ADAPTIVE_MAX_KEYS);
  const tensor = countsTensor(options);
  checkIndices(indices, output, map, tensor, "the indices of this pooling");
  return runMaxBackward({
    name: "adaptiveMaxPoolBackward",
    ...{ dy, indices, output, map, dx, tensor },
    regions: () => aroundBins(map, output),
  });
}

/**
 * The mean of each channel: `adaptiveAveragePool` with one bin.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, 1...], or [N, 1..., C]
 * @throws ConvError naming the invalid argument
 * @example
 * const y = globalAveragePool(x);
 */
export function globalAveragePool(x: Tensor): Tensor {
  return adaptiveAveragePool(x, { outputSize: 1 });
}

/** The options of `globalAveragePoolBackward`. */
export interface GlobalPoolBackwardOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

/**
 * The gradient of `globalAveragePool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = globalAveragePoolBackward(dy, { inputShape: x.shape });
 */
export function globalAveragePoolBackward(dy: Tensor, options: GlobalPoolBackwardOptions): Tensor {
  checkOptions("options", options, ["inputShape"]);
  return adaptiveAveragePoolBackward(dy, { ...options, outputSize: 1 });
}

/**
 * The largest cell of each channel: `adaptiveMaxPool` with one bin. Where its gradient is needed, use `adaptiveMaxPoolWithIndices`.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, 1...], or [N, 1..., C]
 * @throws ConvError naming the invalid argument
 * @example
 * const y = globalMaxPool(x);
 */
export function globalMaxPool(x: Tensor): Tensor {
  return adaptiveMaxPool(x, { outputSize: 1 });
}

/** The divisor of all bins, or 0 where their sizes differ. */
function divisorOf({ equal, cells }: OutputRegions): number {
  return equal ? cells : 0;
}

function checkForward(
  x: Tensor,
  options: AdaptivePoolOptions,
  keys: readonly string[] = ADAPTIVE_KEYS,
): { map: FeatureMap; output: FeatureMap } {
  checkOptions("options", options, keys);
  const { map } = checkMap("x", x);
  return { map, output: binned(map, options) };
}

function checkBackward(
  dy: Tensor,
  options: AdaptivePoolBackwardOptions,
  keys: readonly string[] = ADAPTIVE_KEYS,
): { map: FeatureMap; output: FeatureMap; dx: TensorDescription } {
  checkOptions("options", options, [...keys, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const output = binned(map, options);
  checkPooled("dy", dy, describeMap(output, dtype));
  return { map, output, dx: describeMap(map, dtype) };
}
