// Adaptive and global pooling, which have as many outputs as are asked for, and their gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { ADAPTIVE_KEYS, type AdaptivePoolBackwardOptions, type AdaptivePoolOptions, binned } from "../shared/geometry/bins.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { CHOSEN, MAX, MAX_INDICES, type Maxima, indicesOf } from "../max-pool/max-pool.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { aroundBins, gathering } from "../shared/gathering.ts";
import { run, whole } from "../../gpu/operation.ts";
import { overBins, reduction } from "../shared/pooling.ts";

/**
 * The mean of each of `outputSize` bins along the axes: output i of O has the cells from floor(i I / O) to before ceil((i + 1) I / O).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, ...outputSize], or [N, ...outputSize, C]
 * @throws ConvError naming the argument that does not fit
 */
export function adaptiveAveragePool(x: Tensor, options: AdaptivePoolOptions): Tensor {
  checkOptions("options", options, ADAPTIVE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const output = binned(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(output), layout, dtype };
  const axes = overBins(map, output);
  return run({
    name: "adaptiveAveragePool",
    inputs: { x: tensor },
    results: { y },
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes, rule: averageRule(axes.alike ? axes.cells : 0, false) },
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      }),
  }).y;
}

/**
 * The gradient of `adaptiveAveragePool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function adaptiveAveragePoolBackward(
  dy: Tensor,
  options: AdaptivePoolBackwardOptions,
): Tensor {
  const { map, output, gradient } = checkBackward(dy, options);
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(map), layout, dtype };
  const over = overBins(map, output);
  return run({
    name: "adaptiveAveragePoolBackward",
    inputs: { dy: gradient },
    results: { dx },
    recipe: () =>
      averageBackward({
        ...{ output, map, dtype, over, around: aroundBins(map, output) },
        ...{ rule: averageRule(over.alike ? over.cells : 0, false), dy: whole("dy", gradient), dx: whole("dx", dx) },
      }),
  }).dx;
}

/**
 * The largest cell of each of `outputSize` bins along the axes, which lie as those of `adaptiveAveragePool`; NaN is passed on.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C, ...outputSize], or [N, ...outputSize, C]
 * @throws ConvError naming the argument that does not fit
 */
export function adaptiveMaxPool(x: Tensor, options: AdaptivePoolOptions): Tensor {
  checkOptions("options", options, ADAPTIVE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const output = binned(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(output), layout, dtype };
  return run({
    name: "adaptiveMaxPool",
    inputs: { x: tensor },
    results: { y },
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overBins(map, output), rule: MAX },
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      }),
  }).y;
}

/**
 * As `adaptiveMaxPool`, with where each maximum lies, as `maxPoolWithIndices` says it.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C] with at most 2^24 cells in a channel, which float32 can count
 * @returns two new tensors
 * @throws ConvError naming the argument that does not fit
 */
export function adaptiveMaxPoolWithIndices(x: Tensor, options: AdaptivePoolOptions): Maxima {
  checkOptions("options", options, ADAPTIVE_KEYS);
  const { tensor, map } = checkMap("x", x);
  checkIndexed("x.shape", map);
  const output = binned(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(output), layout, dtype };
  const indices = indicesOf(output);
  return run({
    name: "adaptiveMaxPoolWithIndices",
    inputs: { x: tensor },
    results: { y, indices },
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overBins(map, output), rule: MAX_INDICES },
        ...{ x: whole("x", tensor), results: [whole("y", y), whole("indices", indices)] },
      }),
  });
}

/**
 * The gradient of `adaptiveMaxPool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param indices those of `adaptiveMaxPoolWithIndices`
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function adaptiveMaxPoolBackward(
  dy: Tensor,
  indices: Tensor,
  options: AdaptivePoolBackwardOptions,
): Tensor {
  const { map, output, gradient } = checkBackward(dy, options);
  checkIndexed("inputShape", map);
  const chosen = checkLike("indices", indices, indicesOf(output), "the indices of this pooling");
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "adaptiveMaxPoolBackward",
    inputs: { dy: gradient, indices: chosen },
    results: { dx },
    recipe: () => ({
      steps: [
        gathering({
          ...{ pooled: output, map, dtype, axes: aroundBins(map, output), rule: CHOSEN },
          ranges: [whole("dy", gradient), whole("indices", chosen), whole("dx", dx)],
        }),
      ],
    }),
  }).dx;
}

/** The mean of each channel: `adaptiveAveragePool` with one bin. */
export function globalAveragePool(x: Tensor): Tensor {
  return adaptiveAveragePool(x, { outputSize: 1 });
}

export interface GlobalPoolBackwardOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

/** Its gradient. */
export function globalAveragePoolBackward(
  dy: Tensor,
  options: GlobalPoolBackwardOptions,
): Tensor {
  checkOptions("options", options, ["inputShape"]);
  return adaptiveAveragePoolBackward(dy, { ...options, outputSize: 1 });
}

/** The largest cell of each channel: `adaptiveMaxPool` with one bin, which with `adaptiveMaxPoolWithIndices` has a gradient too. */
export function globalMaxPool(x: Tensor): Tensor {
  return adaptiveMaxPool(x, { outputSize: 1 });
}

function checkBackward(
  dy: Tensor,
  options: AdaptivePoolBackwardOptions,
): { map: FeatureMap; output: FeatureMap; gradient: Tensor } {
  checkOptions("options", options, [...ADAPTIVE_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const output = binned(map, options);
  const gradient = checkLike(
    "dy",
    dy,
    { shape: shapeOf(output), layout, dtype },
    "the result of this pooling",
  );
  return { map, output, gradient };
}
