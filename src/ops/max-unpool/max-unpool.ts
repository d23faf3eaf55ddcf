// Max unpooling and its gradients.
import { elementTypes } from "../../kernel/element-types.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { elementsOf, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry.ts";
import { WINDOW_KEYS, type WindowOptions, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { indicesOf } from "../max-pool/max-pool.ts";
import { checkLike, checkMap, mapConstants } from "../shared/feature-map.ts";
import { type Gathering, aroundWindows, gathering, windowsAround } from "../shared/gathering.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import { poolWords } from "../shared/pooling.ts";
import chosenShader from "../../../shaders/ops/shared/pool/chosen.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";
import replaceShader from "../../../shaders/ops/max-unpool/replace.wgsl";
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import oneLaneShader from "../../../shaders/ops/shared/pool/one-lane.wgsl";
import numbersShader from "../../../shaders/ops/shared/pool/numbers.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import unpoolBackwardShader from "../../../shaders/ops/max-unpool/unpool-backward.wgsl";

const PUT: Gathering["rule"] = { shaders: [chosenShader, withWindowShader, replaceShader], words: [] };

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
export function maxUnpool(x: Tensor, indices: Tensor, options: MaxUnpoolOptions): Tensor {
  checkOptions("options", options, MAX_UNPOOL_KEYS);
  const { tensor, map: values } = checkMap("x", x);
  const { map, windows } = unpooled(values, options);
  checkIndexed("outputShape", map);
  const chosen = checkLike("indices", indices, indicesOf(values), "the shape of x");
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(map), layout, dtype };
  return run({
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
  dy: Tensor,
  indices: Tensor,
  options: WindowOptions,
): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  const { tensor: gradient, map } = checkMap("dy", dy);
  checkIndexed("dy.shape", map);
  const windows = windowsOf(map, options);
  const values = pooled(map, windows);
  const chosen = checkLike("indices", indices, indicesOf(values), "the windows of dy");
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(values), layout, dtype };
  return run({
    name: "maxUnpoolBackward",
    inputs: { dy: gradient, indices: chosen },
    results: { dx },
    parameters: windows,
    recipe: () => {
      const axes = aroundWindows(map, windows);
      const threads = elementsOf(values);
      const step = dispatch({
        shaders: [
          ...[featureMapShader, oneLaneShader, numbersShader, ...axes.shaders],
          ...[poolShader, unpoolBackwardShader],
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
