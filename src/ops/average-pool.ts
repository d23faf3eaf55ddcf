// Average and sum pooling, and their gradients.
import { elementTypes } from "../algorithms/parts.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import type { OperationContext } from "./context.ts";
import { checkLike, checkMap, mapConstants, mapWords, windowWords } from "./feature-map.ts";
import {
  AVERAGE_POOL_KEYS,
  type AveragePoolBackwardOptions,
  type AveragePoolOptions,
  type Averaging,
  averagingOf,
} from "./geometry/averaging.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "./geometry/feature-map.ts";
import { type Windows, pooled, windowsOf } from "./geometry/windows.ts";
import { type Range, type Recipe, dispatch, whole } from "./operation.ts";

/**
 * The mean of each window of each channel.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function averagePool(context: OperationContext, x: Tensor, options: AveragePoolOptions): Tensor {
  checkOptions("options", options, AVERAGE_POOL_KEYS);
  const { tensor, map } = checkMap(context, "x", x);
  const windows = windowsOf(map, options);
  const averaging = averagingOf(options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  return context.run({
    name: "averagePool",
    inputs: { x: tensor },
    results: { y },
    parameters: [windows, averaging],
    recipe: () =>
      recipeOf(
        "average-pool",
        { map, windows, averaging, dtype },
        [whole("x", tensor), whole("y", y)],
        elementsOf(output),
      ),
  }).y;
}

/**
 * The gradient of `averagePool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function averagePoolBackward(
  context: OperationContext,
  dy: Tensor,
  options: AveragePoolBackwardOptions,
): Tensor {
  checkOptions("options", options, [...AVERAGE_POOL_KEYS, "inputShape"]);
  const { layout, dtype } = context.check("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const windows = windowsOf(map, options);
  const averaging = averagingOf(options);
  const gradient = checkLike(
    context,
    "dy",
    dy,
    { shape: shapeOf(pooled(map, windows)), layout, dtype },
    "the result of this pooling",
  );
  const dx = { shape: shapeOf(map), layout, dtype };
  return context.run({
    name: "averagePoolBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: [windows, averaging],
    recipe: () =>
      recipeOf(
        "average-pool-backward",
        { map, windows, averaging, dtype },
        [whole("dy", gradient), whole("dx", dx)],
        elementCount(dx.shape),
      ),
  }).dx;
}

interface Pooling {
  readonly map: FeatureMap;
  readonly windows: Windows;
  readonly averaging: Averaging;
  readonly dtype: Tensor["dtype"];
}

function recipeOf(
  kernel: string,
  { map, windows, averaging, dtype }: Pooling,
  ranges: Range[],
  threads: number,
): Recipe {
  const step = dispatch({
    shaders: ["lib/feature-map", "ops/windows", "ops/average-divisor", `ops/${kernel}`],
    constants: { ...mapConstants(map), INCLUDE_PADDING: averaging.includePadding, DIVISOR: { f32: averaging.divisor } },
    aliases: { E: elementTypes(dtype).one },
    ranges,
    uniforms: [...mapWords(map), ...mapWords(pooled(map, windows)), ...windowWords(windows), threads],
    threads,
  });
  return { steps: [step] };
}
