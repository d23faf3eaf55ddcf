// Max pooling, with the positions of the largest cells, and its gradient.
import addListedShader from "../../../shaders/ops/max-pool/add-listed.wgsl";
import addShader from "../../../shaders/ops/max-pool/add.wgsl";
import maxIndicesShader from "../../../shaders/ops/max-pool/max-indices.wgsl";
import maxShader from "../../../shaders/ops/max-pool/max.wgsl";
import valueStateShader from "../../../shaders/ops/shared/pool/value-state.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type IndexingOption, countsTensor } from "../shared/geometry/indices.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { checkWindowBackward, runReduction } from "../shared/pool-calls.ts";
import { type ChosenKernels, type Indices, checkIndices, chosenSteps } from "../shared/pool-chosen.ts";
import { type CellRegions, aroundWindows } from "../shared/pool-gradient.ts";
import { type OutputRegions, type ReductionRule, overWindows, reduction } from "../shared/pool-reduction.ts";

/** The bits of minus infinity, the initial maximum. */
const LOWEST = 0xff800000;

/** The largest cell. */
export const MAX: ReductionRule = {
  shaders: [valueStateShader, maxShader],
  uniforms: { lowest: LOWEST },
  stateSize: 1,
  separable: true,
};

/** Each cell gets the sum of the windows that chose it. */
const MAX_BACKWARD: ChosenKernels = { taken: addShader, listed: addListedShader, inOrder: true };

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
  /** The positions (see `indexing`), shaped as y. Of equal cells the first; of NaNs the last. */
  readonly indices: Tensor<"u32">;
}

/** The options of `maxPoolWithIndices`. */
export interface MaxPoolOptions extends WindowOptions, IndexingOption {}

/** The options of `maxPoolBackward`. */
export interface MaxPoolBackwardOptions extends WindowBackwardOptions, IndexingOption {}

export const MAX_POOL_KEYS = [...WINDOW_KEYS, "indexing"] as const;

/**
 * As `maxPool`, with the positions of the maxima, which `maxPoolBackward` and `maxUnpool` need.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @param options those of `maxPool`, and `indexing`
 * @returns two new tensors with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const { y, indices } = maxPoolWithIndices(x, { kernelSize: 2 });
 */
export function maxPoolWithIndices(x: Tensor, options: MaxPoolOptions): Maxima {
  checkOptions("options", options, MAX_POOL_KEYS);
  const { map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  return runMaxima({
    name: "maxPoolWithIndices",
    ...{ x, input: map, output: pooled(map, windows), tensor: countsTensor(options), parameters: windows },
    regions: () => overWindows(map, windows),
  });
}

/**
 * The gradient of `maxPool` with respect to its x: each cell gets the sum of the gradients of the windows whose index it is, in their order.
 *
 * @param dy the gradient of the pooling's result
 * @param indices "u32" or "f32", from `maxPoolWithIndices` or elsewhere; an index of no cell is ignored
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = maxPoolBackward(dy, indices, { kernelSize: 2, inputShape: x.shape });
 */
export function maxPoolBackward(dy: Tensor, indices: Indices, options: MaxPoolBackwardOptions): Tensor {
  const { map, windows, output, dx } = checkWindowBackward(dy, options, MAX_POOL_KEYS);
  const tensor = countsTensor(options);
  checkIndices(indices, output, map, tensor, "the indices of this pooling");
  return runMaxBackward({
    name: "maxPoolBackward",
    ...{ dy, indices, output, map, dx, tensor, parameters: windows },
    regions: () => aroundWindows(map, windows),
  });
}

interface MaximaCall {
  readonly name: string;
  readonly x: Tensor;
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  /** Whether the positions count the cells of the whole tensor. */
  readonly tensor: boolean;
  readonly parameters?: unknown;
  readonly regions: () => OutputRegions;
}

/** Runs a max pooling with indices. */
export function runMaxima({ name, x, input, output, tensor, parameters, regions }: MaximaCall): Maxima {
  const { dtype } = x;
  const y = describeMap(output, dtype);
  const indices = describeMap(output, "u32");
  const rule: ReductionRule = {
    shaders: [maxIndicesShader],
    uniforms: { lowest: LOWEST },
    constants: { WHOLE: tensor },
    stateSize: 2,
    separable: true,
  };
  return run({
    name,
    inputs: { x },
    results: { y, indices },
    parameters: [tensor, parameters],
    recipe: () =>
      reduction({
        ...{ input, output, dtype, regions: regions(), rule },
        ...{ x: whole("x", x), results: [whole("y", y), whole("indices", indices)], isSoftware: x.gpu.isSoftware },
      }),
  });
}

interface MaxBackwardCall {
  readonly name: string;
  readonly dy: Tensor;
  readonly indices: Indices;
  readonly output: FeatureMap;
  readonly map: FeatureMap;
  readonly dx: TensorDescription;
  readonly tensor: boolean;
  readonly parameters?: unknown;
  readonly regions: () => CellRegions;
}

/** Runs the gradient of a max pooling. */
export function runMaxBackward({ name, parameters, regions, ...call }: MaxBackwardCall): Tensor {
  const { dy, indices, output, map, dx, tensor } = call;
  return run({
    name,
    inputs: { dy, indices },
    results: { dx },
    parameters: [tensor, parameters],
    recipe: () => {
      const chosen = { pooled: output, map, indices, tensor, regions: regions() };
      return chosenSteps({ ...chosen, from: ["dy", dy], to: ["dx", dx] }, MAX_BACKWARD);
    },
  }).dx;
}
