// Turns feature maps into matrices, between the convolutions of a network and its fully connected layers.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { move } from "../shared/copy.ts";
import { checkLike, checkMap, describeMap, like } from "../shared/feature-map.ts";
import { type FeatureMap, mapOfShape } from "../shared/geometry/feature-map.ts";
import { type StridedCopy, permuted, wholeView } from "../shared/geometry/strided.ts";

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
  const { sizes, from, to } = rowsOf(map);
  return move({
    name: "flatten",
    input: { x: tensor },
    copy: { sizes, from: to, to: from },
    result: like(tensor, flatShape(map)),
  });
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
  const gradient = checkLike("dy", dy, like(dy, flatShape(map)), "inputShape flattened");
  return move({
    name: "flattenBackward",
    input: { dy: gradient },
    copy: rowsOf(map),
    result: describeMap(map, dtype),
  });
}

function flatShape({ N, channels, size }: FeatureMap): number[] {
  return [N, channels * elementCount(size)];
}

/** The copy of rows, channel by channel, to a feature map: a plain copy channels first, a transpose of each image channels last. */
function rowsOf({ N, channels, size, layout }: FeatureMap): StridedCopy {
  const cells = elementCount(size);
  if (layout === "channels-first") {
    const view = wholeView([N * channels * cells]);
    return { sizes: [N * channels * cells], from: view, to: view };
  }
  const sizes = [N, cells, channels];
  return { sizes, from: permuted(wholeView([N, channels, cells]), [0, 2, 1]), to: wholeView(sizes) };
}
