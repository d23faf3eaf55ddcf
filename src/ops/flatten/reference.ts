// Feature maps as matrices, and back.
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf, readMap, writeMap } from "../shared/reference/feature-map.ts";

/** The features of each image, channel by channel, as `engine.flatten`. */
export function flatten(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  const { map, data } = readMap("x", x, layoutOf(options));
  return { data: Float64Array.from(data), shape: [map.N, map.channels * elementCount(map.size)] };
}

/** Its gradient, as `engine.flattenBackward`. */
export function flattenBackward(
  dy: NdArray,
  options: LayoutOptions & { inputShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, ["layout", "inputShape"]);
  const map = mapOfShape("inputShape", options.inputShape, layoutOf(options));
  const { data, shape } = checkNdArray("dy", dy, [2]);
  checkShapeIs("dy", shape, [map.N, map.channels * elementCount(map.size)]);
  return writeMap({ map, data: Float64Array.from(data) });
}
