// CPU reference of `flatten` and its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import { type LayoutOptions, layoutOf, readMap, writeMap } from "../shared/reference/feature-map.ts";

/** `flatten` of convoke/ops, in float64. */
export function flatten(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  const { map, data } = readMap("x", x, options);
  return { data: Float64Array.from(data), shape: [map.N, map.channels * elementCount(map.size)] };
}

/** `flattenBackward` of convoke/ops, in float64. */
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
