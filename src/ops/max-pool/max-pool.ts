// Max pooling, with where the largest cells lie, and its gradient.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { WINDOW_KEYS, type WindowBackwardOptions, type WindowOptions, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { type Gathering, aroundWindows, gathering } from "../shared/gathering.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Rule, overWindows, reduction } from "../shared/pooling.ts";
import maxShader from "../../../shaders/ops/max-pool/max.wgsl";
import maxIndicesShader from "../../../shaders/ops/max-pool/max-indices.wgsl";
import chosenShader from "../../../shaders/ops/shared/pool/chosen.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";
import addShader from "../../../shaders/ops/max-pool/add.wgsl";

/** The bits of minus infinity, which maxima start from. */
const LOWEST = 0xff800000;

/** The rule of a maximum alone, and with where it lies. */
export const MAX: Rule = { shaders: [maxShader], words: [LOWEST], kept: 1 };
export const MAX_INDICES: Rule = { shaders: [maxIndicesShader], words: [LOWEST], kept: 2 };

/** What the cells that were the largest get back. */
export const CHOSEN: Gathering["rule"] = {
  shaders: [chosenShader, withWindowShader, addShader],
  words: [],
};

/**
 * The largest cell of each window of each channel. Padding is never the largest; NaN is passed on.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function maxPool(x: Tensor, options: WindowOptions): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  const { tensor, map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  return run({
    name: "maxPool",
    inputs: { x: tensor },
    results: { y },
    parameters: windows,
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overWindows(map, windows), rule: MAX },
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      }),
  }).y;
}

/** A maximum and where it lies. */
export interface Maxima {
  readonly y: Tensor;
  /**
   * Positions in the plane (volume, row) of the channel, (d H + h) W + w, as PyTorch's `return_indices`: a tensor like y, but float32
   * always. Of equal cells the first; of cells that are NaN the last. ONNX counts over the whole tensor: (n C + c) D H W more.
   */
  readonly indices: Tensor;
}

/**
 * As `maxPool`, with where each maximum lies: what its gradient and `maxUnpool` go by.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C] with at most 2^24 cells in a channel, which float32 can count
 * @returns two new tensors, with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function maxPoolWithIndices(x: Tensor, options: WindowOptions): Maxima {
  checkOptions("options", options, WINDOW_KEYS);
  const { tensor, map } = checkMap("x", x);
  checkIndexed("x.shape", map);
  const windows = windowsOf(map, options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  const indices = indicesOf(output);
  return run({
    name: "maxPoolWithIndices",
    inputs: { x: tensor },
    results: { y, indices },
    parameters: windows,
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overWindows(map, windows), rule: MAX_INDICES },
        ...{ x: whole("x", tensor), results: [whole("y", y), whole("indices", indices)] },
      }),
  });
}

/** The indices that go with a map of maxima. */
export function indicesOf(map: FeatureMap): { shape: number[]; layout: FeatureMap["layout"]; dtype: "f32" } {
  return { shape: shapeOf(map), layout: map.layout, dtype: "f32" };
}

/**
 * The gradient of `maxPool` with respect to its x: each cell gets the gradients of the windows whose largest cell it was, added up in
 * their order.
 *
 * @param dy the gradient of its result
 * @param indices those of `maxPoolWithIndices`
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function maxPoolBackward(
  dy: Tensor,
  indices: Tensor,
  options: WindowBackwardOptions,
): Tensor {
  checkOptions("options", options, [...WINDOW_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  checkIndexed("inputShape", map);
  const windows = windowsOf(map, options);
  const output = pooled(map, windows);
  const gradient = checkLike(
    "dy",
    dy,
    { shape: shapeOf(output), layout, dtype },
    "the result of this pooling",
  );
  const chosen = checkLike("indices", indices, indicesOf(output), "the indices of this pooling");
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "maxPoolBackward",
    inputs: { dy: gradient, indices: chosen },
    results: { dx },
    parameters: windows,
    recipe: () => ({
      steps: [
        gathering({
          ...{ pooled: output, map, dtype, axes: aroundWindows(map, windows), rule: CHOSEN },
          ranges: [whole("dy", gradient), whole("indices", chosen), whole("dx", dx)],
        }),
      ],
    }),
  }).dx;
}
