// Upsampling, and beds of nails, and their gradients.
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  type Upsampling,
  upsamplingOf,
} from "./geometry.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf, placeIn, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";

const KEYS = [...UPSAMPLE_KEYS, "layout"];

/** A larger map, as `engine.upsample`. */
export function upsample(x: NdArray, options: UpsampleOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, layoutOf(options));
  const upsampling = upsamplingOf(input.map, options);
  const y = zeros(upsampling.output);
  forEachPart(input.map, upsampling, (output, cell, weight) => {
    if (weight > 0) y.data[output]! += weight * input.data[cell]!;
  });
  return writeMap(y);
}

/** Its gradient, as `engine.upsampleBackward`. */
export function upsampleBackward(dy: NdArray, options: UpsampleBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...KEYS, "inputShape"]);
  const layout = layoutOf(options);
  const dx = zeros(mapOfShape("inputShape", options.inputShape, layout));
  const upsampling = upsamplingOf(dx.map, options);
  const gradient = readMap("dy", dy, layout);
  checkShapeIs("dy", dy.shape, shapeOf(upsampling.output));
  forEachPart(dx.map, upsampling, (output, cell, weight) => {
    dx.data[cell]! += weight * gradient.data[output]!;
  });
  return writeMap(dx);
}

/** Calls back with every output of every channel and each of the cells it is made of, with its weight. */
function forEachPart(
  map: FeatureMap,
  { linear, output, places }: Upsampling,
  visit: (output: number, cell: number, weight: number) => void,
): void {
  const parts = (axis: 0 | 1 | 2, at: number): [cell: number, weight: number][] => {
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
  for (let n = 0; n < map.N; n++)
    for (let c = 0; c < map.channels; c++)
      for (let o = 0; o < output.size[0]; o++)
        for (let p = 0; p < output.size[1]; p++)
          for (let q = 0; q < output.size[2]; q++)
            for (const [d, byDepth] of parts(0, o))
              for (const [h, byHeight] of parts(1, p))
                for (const [w, byWidth] of parts(2, q))
                  visit(placeIn(output, n, c, o, p, q), placeIn(map, n, c, d, h, w), byDepth * byHeight * byWidth);
}
