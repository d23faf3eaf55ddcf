// Max unpooling and its gradient.
import backwardShader from "../../../shaders/ops/max-unpool/backward.wgsl";
import replaceShader from "../../../shaders/ops/max-unpool/replace.wgsl";
import chosenShader from "../../../shaders/ops/shared/pool/chosen.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { describeIndices } from "../max-pool/max-pool.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import { elementsOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { WINDOW_KEYS, type WindowOptions, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { aroundWindows, poolGradient, windowsAround } from "../shared/pool-gradient.ts";
import { type Rule, poolStep } from "../shared/pool-kernel.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry.ts";

/** Each cell gets the value of the last of the windows that chose it. */
const REPLACE_CHOSEN: Rule = { shaders: [chosenShader, withWindowShader, replaceShader], uniforms: {} };

/**
 * Puts values back where max pooling found them, among zeros, as PyTorch's `max_unpool`. Where windows overlap and two values have the same
 * index, the value of the later window wins (in PyTorch either may). A value whose index is not a cell of its window is dropped.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param indices the indices of `maxPoolWithIndices` with the same windows, shaped as x
 * @param options the windows of the pooling, and `outputShape` unless it is the smallest with these windows
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const { y, indices } = maxPoolWithIndices(x, { kernelSize: 2 });
 * const sparse = maxUnpool(y, indices, { kernelSize: 2 });
 */
export function maxUnpool(x: Tensor, indices: Tensor, options: MaxUnpoolOptions): Tensor {
  checkOptions("options", options, MAX_UNPOOL_KEYS);
  const { map: values } = checkMap("x", x);
  const { map, windows } = unpooled(values, options);
  checkIndexed("outputShape", map);
  checkLike("indices", indices, describeIndices(values), "the shape of x");
  const { dtype } = x;
  const y = describeMap(map, dtype);
  return run({
    name: "maxUnpool",
    inputs: { x, indices },
    results: { y },
    parameters: windows,
    recipe: () => ({
      steps: [
        poolGradient({
          ...{ pooled: values, map, dtype, regions: aroundWindows(map, windows), rule: REPLACE_CHOSEN },
          ranges: [whole("x", x), whole("indices", indices), whole("y", y)],
        }),
      ],
    }),
  }).y;
}

/**
 * The gradient of `maxUnpool` with respect to its x: the gradient of the cell at the index, or 0 where a later value was written there.
 *
 * @param dy the gradient of the unpooling's result
 * @param indices the indices of the unpooling
 * @param options the windows of the unpooling; dy has the shape of its result
 * @returns a new tensor, shaped as the indices
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = maxUnpoolBackward(dy, indices, { kernelSize: 2 });
 */
export function maxUnpoolBackward(dy: Tensor, indices: Tensor, options: WindowOptions): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  const { map } = checkMap("dy", dy);
  checkIndexed("dy.shape", map);
  const windows = windowsOf(map, options);
  const values = pooled(map, windows);
  checkLike("indices", indices, describeIndices(values), "the windows of dy");
  const { dtype } = dy;
  const dx = describeMap(values, dtype);
  return run({
    name: "maxUnpoolBackward",
    inputs: { dy, indices },
    results: { dx },
    parameters: windows,
    recipe: () => ({
      steps: [
        poolStep({
          ...{ input: values, output: map, dtype, lanes: 1, regions: aroundWindows(map, windows) },
          rule: { shaders: [], uniforms: {} },
          shaders: [backwardShader],
          constants: { ALONE: elementCount(windowsAround(windows)) === 1 },
          ranges: [whole("dy", dy), whole("indices", indices), whole("dx", dx)],
          threads: elementsOf(values),
        }),
      ],
    }),
  }).dx;
}
