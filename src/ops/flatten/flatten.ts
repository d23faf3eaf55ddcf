// Feature maps as matrices: what stands between the convolutions of a network and its fully connected layers.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import flattenShader from "../../../shaders/ops/flatten/flatten.wgsl";
import transposeShader from "../../../shaders/ops/flatten/transpose.wgsl";

/**
 * The features of each image in a row: those of a channel together, whatever the layout, as torch.flatten(x, 1) has them. So the weights
 * of a fully connected layer after it are the same in both layouts, and PyTorch's.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C * cells]
 * @throws ConvError naming the argument that does not fit
 */
export function flatten(x: Tensor): Tensor {
  const { tensor, map } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const y = { shape: flatShape(map), layout, dtype };
  return run({
    name: "flatten",
    inputs: { x: tensor },
    results: { y },
    recipe: () => ({ steps: [copy(map, dtype, false, [whole("x", tensor), whole("y", y)])] }),
  }).y;
}

export interface FlattenBackwardOptions {
  /** The shape of the x that was flattened. */
  inputShape: readonly number[];
}

/**
 * The gradient of `flatten`: dy as a feature map again, in dy's layout.
 *
 * @param dy [N, C * cells]
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function flattenBackward(dy: Tensor, options: FlattenBackwardOptions): Tensor {
  checkOptions("options", options, ["inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const wanted = { shape: flatShape(map), layout, dtype };
  const gradient = checkLike("dy", dy, wanted, "inputShape flattened");
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "flattenBackward",
    inputs: { dy: gradient },
    results: { dx },
    recipe: () => ({ steps: [copy(map, dtype, true, [whole("dy", gradient), whole("dx", dx)])] }),
  }).dx;
}

function flatShape({ N, channels, size }: FeatureMap): number[] {
  return [N, channels * elementCount(size)];
}

/** Elements along one side of an invocation's tile (shaders/ops/transpose.wgsl), where they divide that side: the first that does. */
const TILES = [4, 7, 6, 5, 3];

/** Tiles along one side of a workgroup's. */
const SIDE = 8;

/** From a feature map to its rows, or back: channels first they are the same memory, channels last each image is transposed. */
function copy(map: FeatureMap, dtype: Tensor["dtype"], back: boolean, ranges: readonly Range[]) {
  const { one, four } = elementTypes(dtype);
  const cells = elementCount(map.size);
  if (map.layout === "channels-first" || cells === 1) {
    const elements = elementsOf(map);
    const fours = elements % 4 === 0;
    const threads = fours ? elements / 4 : elements;
    return dispatch({
      shaders: [flattenShader],
      aliases: { E: fours ? four : one },
      ranges,
      uniforms: [threads],
      threads,
    });
  }
  const [rows, columns] = back ? [map.channels, cells] : [cells, map.channels];
  const tile = (size: number): number => TILES.find((side) => size % side === 0) ?? TILES[0]!;
  const [TALL, WIDE] = [tile(rows), tile(columns)];
  const [down, across] = [Math.ceil(rows / TALL / SIDE), Math.ceil(columns / WIDE / SIDE)];
  return dispatch({
    shaders: [transposeShader],
    constants: { SIDE, TALL, WIDE, EVEN: rows % TALL === 0 && columns % WIDE === 0 },
    aliases: { E: one },
    ranges,
    uniforms: [map.N, rows, columns, down, across],
    threads: map.N * down * across * SIDE ** 2,
  });
}
