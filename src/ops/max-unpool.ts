// Max unpooling and its gradients.
import { elementTypes } from "../algorithms/parts.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import { elementsOf, shapeOf } from "./geometry/feature-map.ts";
import { checkIndexed } from "./geometry/indices.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry/unpooling.ts";
import { WINDOW_KEYS, type WindowOptions, pooled, windowsOf } from "./geometry/windows.ts";
import { indicesOf } from "./max-pool.ts";
import type { OperationContext } from "./shared/context.ts";
import { checkLike, checkMap, mapConstants } from "./shared/feature-map.ts";
import { type Gathering, aroundWindows, gathering, windowsAround } from "./shared/gathering.ts";
import { dispatch, whole } from "./shared/operation.ts";
import { poolWords } from "./shared/pooling.ts";

const PUT: Gathering["rule"] = { shaders: ["ops/pool/chosen", "ops/pool/with-window", "ops/pool/replace"], words: [] };

/**
 * Puts values back where max pooling found them, with zeros around. Where windows overlap and two values have the same index, that of the
 * later window stays (in PyTorch any of them). An index that is none of its window's cells is not found: its value goes nowhere.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param indices those of `maxPoolWithIndices` with the same window options, shaped as x
 * @param options the windows of the pooling, and `outputShape` where the smallest that has them is not wanted
 * @returns a new tensor
 * @throws ConvError naming the argument that does not fit
 */
export function maxUnpool(context: OperationContext, x: Tensor, indices: Tensor, options: MaxUnpoolOptions): Tensor {
  checkOptions("options", options, MAX_UNPOOL_KEYS);
  const { tensor, map: values } = checkMap(context, "x", x);
  const { map, windows } = unpooled(values, options);
  checkIndexed("outputShape", map);
  const chosen = checkLike(context, "indices", indices, indicesOf(values), "the shape of x");
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(map), layout, dtype };
  return context.run({
    name: "maxUnpool",
    inputs: { x: tensor, indices: chosen },
    results: { y },
    parameters: windows,
    recipe: () => ({
      steps: [
        gathering({
          ...{ pooled: values, map, dtype, axes: aroundWindows(map, windows), rule: PUT },
          ranges: [whole("x", tensor), whole("indices", chosen), whole("y", y)],
        }),
      ],
    }),
  }).y;
}

/**
 * The gradient of `maxUnpool` with respect to its x: that of the cell at the index, or 0 where another value was put there later.
 *
 * @param dy the gradient of its result
 * @param indices those of the unpooling
 * @param options the windows of the unpooling; dy has the shape of its result
 * @returns a new tensor, shaped as the indices
 * @throws ConvError naming the argument that does not fit
 */
export function maxUnpoolBackward(
  context: OperationContext,
  dy: Tensor,
  indices: Tensor,
  options: WindowOptions,
): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  const { tensor: gradient, map } = checkMap(context, "dy", dy);
  checkIndexed("dy.shape", map);
  const windows = windowsOf(map, options);
  const values = pooled(map, windows);
  const chosen = checkLike(context, "indices", indices, indicesOf(values), "the windows of dy");
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(values), layout, dtype };
  return context.run({
    name: "maxUnpoolBackward",
    inputs: { dy: gradient, indices: chosen },
    results: { dx },
    parameters: windows,
    recipe: () => {
      const axes = aroundWindows(map, windows);
      const threads = elementsOf(values);
      const step = dispatch({
        shaders: [
          ...["lib/feature-map", "ops/pool/one-lane", "ops/pool/numbers", ...axes.shaders],
          ...["ops/pool/pool", "ops/pool/unpool-backward"],
        ],
        constants: {
          ...{ ...mapConstants(map), ...axes.constants! },
          ALONE: elementCount(windowsAround(windows)) === 1,
        },
        aliases: { E: elementTypes(dtype).one },
        ranges: [whole("dy", gradient), whole("indices", chosen), whole("dx", dx)],
        uniforms: poolWords(values, map, axes.words, [threads, 1, 1, 0], []),
        threads,
      });
      return { steps: [step] };
    },
  }).dx;
}
