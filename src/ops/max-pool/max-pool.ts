// Max pooling, with the positions of the largest cells, and its gradient.
import addShader from "../../../shaders/ops/max-pool/add.wgsl";
import maxIndicesShader from "../../../shaders/ops/max-pool/max-indices.wgsl";
import maxShader from "../../../shaders/ops/max-pool/max.wgsl";
import chosenShader from "../../../shaders/ops/shared/pool/chosen.wgsl";
import valueStateShader from "../../../shaders/ops/shared/pool/value-state.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { checkWindowBackward, runReduction } from "../shared/pool-calls.ts";
import { type CellRegions, aroundWindows, poolGradient } from "../shared/pool-gradient.ts";
import type { Rule } from "../shared/pool-kernel.ts";
import { type OutputRegions, type ReductionRule, overWindows, reduction } from "../shared/pool-reduction.ts";

/** The bits of minus infinity, the initial maximum. */
const LOWEST = 0xff800000;

/** The largest cell. */
export const MAX: ReductionRule = {
  shaders: [valueStateShader, maxShader],
  uniforms: { lowest: LOWEST },
  stateSize: 1,
};

/** The largest cell and its position. */
const MAX_INDICES: ReductionRule = { shaders: [maxIndicesShader], uniforms: { lowest: LOWEST }, stateSize: 2 };

/** Each cell gets the sum of the values of the windows that chose it. */
const ADD_CHOSEN: Rule = { shaders: [chosenShader, withWindowShader, addShader], uniforms: {} };

/**
 * The largest cell of each window of each channel, as PyTorch's `max_pool` and ONNX's MaxPool. Padding is never the largest; a window with
 * NaN is NaN.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const y = maxPool(x, { kernelSize: 3, stride: 2, padding: 1 });
 */
export function maxPool(x: Tensor, options: WindowOptions): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  const { map } = checkMap("x", x);
  const windows = windowsOf(map, options, true);
  return runReduction({
    name: "maxPool",
    ...{ x, input: map, output: pooled(map, windows), parameters: windows },
    recipe: () => ({ regions: overWindows(map, windows), rule: MAX }),
  });
}

/** Maxima and their positions. */
export interface Maxima {
  readonly y: Tensor;
  /**
   * Positions in the plane (volume, row) of the channel, (d H + h) W + w, as PyTorch's `return_indices`: a tensor shaped as y, always in
   * float32. Of equal cells the first; of NaNs the last. ONNX counts over the whole tensor: (n C + c) D H W more.
   */
  readonly indices: Tensor;
}

/**
 * As `maxPool`, with the positions of the maxima, which `maxPoolBackward` and `maxUnpool` need.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C] with at most 2^24 cells in a channel, which float32 can count
 * @returns two new tensors with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const { y, indices } = maxPoolWithIndices(x, { kernelSize: 2 });
 */
export function maxPoolWithIndices(x: Tensor, options: WindowOptions): Maxima {
  checkOptions("options", options, WINDOW_KEYS);
  const { map } = checkMap("x", x);
  checkIndexed("x.shape", map);
  const windows = windowsOf(map, options);
  return runMaxima({
    name: "maxPoolWithIndices",
    ...{ x, input: map, output: pooled(map, windows), parameters: windows },
    regions: () => overWindows(map, windows),
  });
}

/**
 * The gradient of `maxPool` with respect to its x: each cell gets the sum of the gradients of the windows whose maximum it is, in their
 * order.
 *
 * @param dy the gradient of the pooling's result
 * @param indices the indices of `maxPoolWithIndices`
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = maxPoolBackward(dy, indices, { kernelSize: 2, inputShape: x.shape });
 */
export function maxPoolBackward(dy: Tensor, indices: Tensor, options: WindowBackwardOptions): Tensor {
  const { map, windows, output, dx } = checkWindowBackward(dy, options, WINDOW_KEYS);
  checkIndexed("inputShape", map);
  checkLike("indices", indices, describeIndices(output), "the indices of this pooling");
  return runMaxBackward({
    name: "maxPoolBackward",
    ...{ dy, indices, output, map, dx, parameters: windows },
    regions: () => aroundWindows(map, windows),
  });
}

/** The indices of a map of maxima. */
export function describeIndices(map: FeatureMap): TensorDescription {
  return describeMap(map, "f32");
}

interface MaximaCall {
  readonly name: string;
  readonly x: Tensor;
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  readonly parameters?: unknown;
  readonly regions: () => OutputRegions;
}

/** Runs a max pooling with indices. */
export function runMaxima({ name, x, input, output, parameters, regions }: MaximaCall): Maxima {
  const { dtype } = x;
  const y = describeMap(output, dtype);
  const indices = describeIndices(output);
  return run({
    name,
    inputs: { x },
    results: { y, indices },
    parameters,
    recipe: () =>
      reduction({
        ...{ input, output, dtype, regions: regions(), rule: MAX_INDICES },
        ...{ x: whole("x", x), results: [whole("y", y), whole("indices", indices)] },
      }),
  });
}

interface MaxBackwardCall {
  readonly name: string;
  readonly dy: Tensor;
  readonly indices: Tensor;
  readonly output: FeatureMap;
  readonly map: FeatureMap;
  readonly dx: TensorDescription;
  readonly parameters?: unknown;
  readonly regions: () => CellRegions;
}

/** Runs the gradient of a max pooling. */
export function runMaxBackward({ name, dy, indices, output, map, dx, parameters, regions }: MaxBackwardCall): Tensor {
  return run({
    name,
    inputs: { dy, indices },
    results: { dx },
    parameters,
    recipe: () => ({
      steps: [
        poolGradient({
          ...{ pooled: output, map, dtype: dy.dtype, regions: regions(), rule: ADD_CHOSEN },
          ranges: [whole("dy", dy), whole("indices", indices), whole("dx", dx)],
        }),
      ],
    }),
  }).dx;
}
