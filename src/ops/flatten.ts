// Feature maps as matrices: what stands between the convolutions of a network and its fully connected layers.
import { elementTypes } from "../algorithms/parts.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import type { OperationContext } from "./context.ts";
import { checkLike, checkMap, mapConstants, mapWords } from "./feature-map.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "./geometry/feature-map.ts";
import { type Range, dispatch, whole } from "./operation.ts";

/**
 * The features of each image in a row: those of a channel together, whatever the layout, as torch.flatten(x, 1) has them. So the weights
 * of a fully connected layer after it are the same in both layouts, and PyTorch's.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor [N, C * cells]
 * @throws ConvError naming the argument that does not fit
 */
export function flatten(context: OperationContext, x: Tensor): Tensor {
  const { tensor, map } = checkMap(context, "x", x);
  const { layout, dtype } = tensor;
  const y = { shape: flatShape(map), layout, dtype };
  return context.run({
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
export function flattenBackward(context: OperationContext, dy: Tensor, options: FlattenBackwardOptions): Tensor {
  checkOptions("options", options, ["inputShape"]);
  const { layout, dtype } = context.check("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const wanted = { shape: flatShape(map), layout, dtype };
  const gradient = checkLike(context, "dy", dy, wanted, "inputShape flattened");
  const dx = { shape: shapeOf(map), layout, dtype };
  return context.run({
    name: "flattenBackward",
    inputs: { dy: gradient },
    results: { dx },
    recipe: () => ({ steps: [copy(map, dtype, true, [whole("dy", gradient), whole("dx", dx)])] }),
  }).dx;
}

function flatShape({ N, channels, size }: FeatureMap): number[] {
  return [N, channels * elementCount(size)];
}

/** From a feature map to its rows, or back. Channels first they are the same memory: where it divides by four, four at a time. */
function copy(map: FeatureMap, dtype: Tensor["dtype"], back: boolean, ranges: readonly Range[]) {
  const elements = elementsOf(map);
  const fours = map.layout === "channels-first" && elements % 4 === 0;
  const threads = fours ? elements / 4 : elements;
  return dispatch({
    shaders: ["lib/feature-map", "ops/flatten"],
    constants: { ...mapConstants(map), BACK: back },
    aliases: { E: elementTypes(dtype)[fours ? "four" : "one"] },
    ranges,
    uniforms: [...mapWords(map), threads],
    threads,
  });
}
