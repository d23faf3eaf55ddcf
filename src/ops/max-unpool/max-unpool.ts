// Max unpooling and its gradient.
import backwardShader from "../../../shaders/ops/max-unpool/backward.wgsl";
import lastListedShader from "../../../shaders/ops/max-unpool/last-listed.wgsl";
import replaceShader from "../../../shaders/ops/max-unpool/replace.wgsl";
import settleShader from "../../../shaders/ops/max-unpool/settle.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { run } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { MAX_POOL_KEYS, type MaxPoolOptions } from "../max-pool/max-pool.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import { countsTensor } from "../shared/geometry/indices.ts";
import { pooled, windowsOf } from "../shared/geometry/windows.ts";
import { type Indices, checkIndices, chosenSteps } from "../shared/pool-chosen.ts";
import { aroundWindows } from "../shared/pool-gradient.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry.ts";

const UNPOOL = { taken: replaceShader, listed: lastListedShader };
const UNPOOL_BACKWARD = { settle: settleShader, listed: backwardShader };

/**
 * Puts values back where max pooling found them, among zeros, as PyTorch's `max_unpool` and ONNX's MaxUnpool. Where two values have the same
 * index, the one of the later window wins (in PyTorch either may). A value whose index names no cell is dropped.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param indices "u32" or "f32", shaped like x, from `maxPoolWithIndices` or elsewhere
 * @param options the windows of the pooling, `indexing`, and `outputShape` unless it is the smallest with these windows
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const { y, indices } = maxPoolWithIndices(x, { kernelSize: 2 });
 * const sparse = maxUnpool(y, indices, { kernelSize: 2 });
 */
export function maxUnpool(x: Tensor, indices: Indices, options: MaxUnpoolOptions): Tensor {
  checkOptions("options", options, MAX_UNPOOL_KEYS);
  const { map: values } = checkMap("x", x);
  const { map, windows } = unpooled(values, options);
  const tensor = countsTensor(options);
  checkIndices(indices, values, map, tensor, "the shape of x");
  const y = describeMap(map, x.dtype);
  return run({
    name: "maxUnpool",
    inputs: { x, indices },
    results: { y },
    parameters: [windows, tensor],
    recipe: () => {
      const chosen = { pooled: values, map, indices, tensor, regions: aroundWindows(map, windows) };
      return chosenSteps({ ...chosen, from: ["x", x], to: ["y", y] }, UNPOOL);
    },
  }).y;
}

/**
 * The gradient of `maxUnpool` with respect to its x: the gradient of the cell at the index, or 0 where a later value was written there.
 *
 * @param dy the gradient of the unpooling's result
 * @param indices the indices of the unpooling
 * @param options the windows of the unpooling and `indexing`; dy has the shape of its result
 * @returns a new tensor, shaped as the indices
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = maxUnpoolBackward(dy, indices, { kernelSize: 2 });
 */
export function maxUnpoolBackward(dy: Tensor, indices: Indices, options: MaxPoolOptions): Tensor {
  checkOptions("options", options, MAX_POOL_KEYS);
  const { map } = checkMap("dy", dy);
  const windows = windowsOf(map, options, true);
  const values = pooled(map, windows);
  const tensor = countsTensor(options);
  checkIndices(indices, values, map, tensor, "the windows of dy");
  const dx = describeMap(values, dy.dtype);
  return run({
    name: "maxUnpoolBackward",
    inputs: { dy, indices },
    results: { dx },
    parameters: [windows, tensor],
    recipe: () => {
      const chosen = { pooled: values, map, indices, tensor, regions: aroundWindows(map, windows) };
      return chosenSteps({ ...chosen, from: ["dy", dy], to: ["dx", dx] }, UNPOOL_BACKWARD);
    },
  }).dx;
}
