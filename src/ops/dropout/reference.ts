// CPU reference of dropout and its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions } from "../../base/validate.ts";
import { joinShape, splitShape } from "../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf, readMap, writeMap } from "../shared/reference/feature-map.ts";
import { DROPOUT_KEYS, type DropoutOptions, dropoutOf, randomOf } from "./geometry.ts";

/** `dropout` of convoke/ops, in float64. */
export function dropout(x: NdArray, options: DropoutOptions & LayoutOptions): Float64NdArray {
  return drop("x", x, options);
}

/** `dropoutWithMask` of convoke/ops, in float64. */
export function dropoutWithMask(
  x: NdArray,
  options: DropoutOptions & LayoutOptions,
): { y: Float64NdArray; mask: Float64NdArray } {
  const y = drop("x", x, options);
  const ones = drop("x", { data: new Float64Array(y.data.length).fill(1), shape: y.shape }, options);
  return { y, mask: { data: ones.data.map((one) => (one === 0 ? 0 : 1)), shape: y.shape } };
}

/** `dropoutBackward` of convoke/ops, in float64. */
export function dropoutBackward(dy: NdArray, options: DropoutOptions & LayoutOptions): Float64NdArray {
  return drop("dy", dy, options);
}

function drop(argument: string, array: NdArray, options: DropoutOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...DROPOUT_KEYS, "layout"]);
  const layout = layoutOf(options);
  const { data, shape } = checkNdArray(argument, array, RANKS);
  const { threshold, scale, seed, perChannel } = dropoutOf(options, shape.length);
  const dropped = (values: Float64Array, cells: number): Float64Array =>
    values.map((v, place) => {
      const counter = perChannel ? Math.floor(place / cells) : place;
      return randomOf(counter, seed) >>> 8 < threshold ? 0 : v * scale;
    });
  if (shape.length < 3) return { data: dropped(data, 1), shape };
  const { N, channels, spatial } = splitShape(shape, layout);
  const cells = elementCount(spatial);
  const map = readMap(argument, { data, shape: joinShape(N, channels, [cells], layout) }, { layout });
  return { data: writeMap({ ...map, data: dropped(map.data, cells) }).data, shape };
}
