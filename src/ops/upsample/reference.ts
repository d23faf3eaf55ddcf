// Upsampling and its gradient, in float64 on the CPU.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  type LayoutOptions,
  forEachElement,
  layoutOf,
  placeIn,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import {
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  type Upsampling,
  upsamplingOf,
} from "./geometry.ts";

const KEYS = [...UPSAMPLE_KEYS, "layout"];

/** Resizes a map: `upsample` of convoke/ops, in float64. */
export function upsample(x: NdArray, options: UpsampleOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const upsampling = upsamplingOf(input.map, options);
  const y = zeros(upsampling.output);
  forEachWeight(input.map, upsampling, (output, cell, weight) => {
    if (weight > 0) y.data[output]! += weight * input.data[cell]!;
  });
  return writeMap(y);
}

/** The gradient of `upsample` with respect to its x. */
export function upsampleBackward(dy: NdArray, options: UpsampleBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...KEYS, "inputShape"]);
  const dx = zeros(mapOfShape("inputShape", options.inputShape, layoutOf(options)));
  const upsampling = upsamplingOf(dx.map, options);
  const gradient = readMap("dy", dy, options);
  checkShapeIs("dy", dy.shape, shapeOf(upsampling.output));
  forEachWeight(dx.map, upsampling, (output, cell, weight) => {
    dx.data[cell]! += weight * gradient.data[output]!;
  });
  return writeMap(dx);
}

/** Calls back with every output of every channel and each of the cells it is computed from, with its weight. */
function forEachWeight(
  map: FeatureMap,
  { linear, output, places }: Upsampling,
  visit: (output: number, cell: number, weight: number) => void,
): void {
  const sources = (axis: 0 | 1 | 2, at: number): [cell: number, weight: number][] => {
    const { scale, shift, unit } = places[axis];
    const place = Math.max(scale * at + shift, 0);
    const cell = Math.floor(place / unit);
    if (!linear) return [[cell, 1]];
    const weight = (place % unit) / unit;
    return [
      [cell, 1 - weight],
      [Math.min(cell + 1, map.size[axis] - 1), weight],
    ];
  };
  forEachElement(output, (index, n, c, o, p, q) => {
    for (const [d, byDepth] of sources(0, o))
      for (const [h, byHeight] of sources(1, p))
        for (const [w, byWidth] of sources(2, q))
          visit(index, placeIn(map, n, c, d, h, w), byDepth * byHeight * byWidth);
  });
}
