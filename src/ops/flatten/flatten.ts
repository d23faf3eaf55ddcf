// Turns feature maps into matrices, between the convolutions of a network and its fully connected layers.
import flattenShader from "../../../shaders/ops/flatten/flatten.wgsl";
import transposeShader from "../../../shaders/ops/flatten/transpose.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Step } from "../../kernel/step.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf, mapOfShape } from "../shared/geometry/feature-map.ts";

/**
 * The features of each image as a row, channel by channel in both layouts, as torch.flatten(x, 1) does. So a fully connected layer after it
 * has the same weights in both layouts, and in PyTorch.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C * cells]
 * @throws ConvError naming the invalid argument
 * @example
 * const scores = linear(flatten(features), w);
 */
export function flatten(x: Tensor): Tensor {
  const { tensor, map } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const y = { shape: flatShape(map), layout, dtype };
  return run({
    name: "flatten",
    inputs: { x: tensor },
    results: { y },
    recipe: () => ({ steps: [copyStep(map, dtype, "to rows", [whole("x", tensor), whole("y", y)])] }),
  }).y;
}

/** The options of `flattenBackward`. */
export interface FlattenBackwardOptions {
  /** The shape of the x that was flattened. */
  inputShape: readonly number[];
}

/**
 * The gradient of `flatten`: dy as a feature map again, in the layout of dy.
 *
 * @param dy [N, C * cells]
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = flattenBackward(dy, { inputShape: x.shape });
 */
export function flattenBackward(dy: Tensor, options: FlattenBackwardOptions): Tensor {
  checkOptions("options", options, ["inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const gradient = checkLike("dy", dy, { shape: flatShape(map), layout, dtype }, "inputShape flattened");
  const dx = describeMap(map, dtype);
  return run({
    name: "flattenBackward",
    inputs: { dy: gradient },
    results: { dx },
    recipe: () => ({ steps: [copyStep(map, dtype, "from rows", [whole("dy", gradient), whole("dx", dx)])] }),
  }).dx;
}

function flatShape({ N, channels, size }: FeatureMap): number[] {
  return [N, channels * elementCount(size)];
}

/** Sides of a thread tile in transpose.wgsl, best first: the first that divides the side of the matrix is taken, else 4. */
const TILES = [4, 7, 6, 5, 3];

/** Thread tiles along each side of a workgroup tile. */
const SIDE = 8;

/** Copies a feature map to its rows or back: a plain copy channels first, a transpose of each image channels last. */
function copyStep(
  map: FeatureMap,
  dtype: Dtype,
  direction: "to rows" | "from rows",
  ranges: readonly Range[],
): Step<string> {
  const { one, four } = elementTypes(dtype);
  const cells = elementCount(map.size);
  if (map.layout === "channels-first" || cells === 1) {
    const elements = elementsOf(map);
    const byFour = elements % 4 === 0;
    return dispatch({
      shaders: [flattenShader],
      aliases: { E: byFour ? four : one },
      ranges,
      threads: byFour ? elements / 4 : elements,
    });
  }
  const [rows, columns] = direction === "to rows" ? [cells, map.channels] : [map.channels, cells];
  const tile = (size: number): number => TILES.find((side) => size % side === 0) ?? TILES[0]!;
  const [TALL, WIDE] = [tile(rows), tile(columns)];
  const [down, across] = [Math.ceil(rows / TALL / SIDE), Math.ceil(columns / WIDE / SIDE)];
  return dispatch({
    shaders: [transposeShader],
    constants: { SIDE, TALL, WIDE, EVEN: rows % TALL === 0 && columns % WIDE === 0 },
    aliases: { E: one },
    ranges,
    uniforms: { rows, columns, down, across },
    threads: map.N * down * across * SIDE ** 2,
  });
}
