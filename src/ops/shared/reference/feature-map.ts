// Feature maps as the references compute on them: channels first, three spatial axes, float64.
import { checkOneOf } from "../../../base/validate.ts";
import { LAYOUTS, type Layout } from "../../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../../reference/ndarray.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../geometry/feature-map.ts";

/** Options of every reference of an operation on feature maps. */
export interface LayoutOptions {
  /** The layout of every feature map of the call, "channels-first" by default. */
  layout?: Layout;
}

/** A feature map and its values [N, C, D, H, W]. */
export interface Values {
  readonly map: FeatureMap;
  readonly data: Float64Array;
}

export function layoutOf({ layout }: LayoutOptions): Layout {
  return checkOneOf("layout", layout ?? "channels-first", LAYOUTS);
}

/**
 * Reads an argument in the layout of the options, or of another feature map.
 * @throws ConvError naming the argument
 */
export function readMap(argument: string, array: NdArray, options: LayoutOptions): Values {
  const layout = layoutOf(options);
  const { data, shape } = checkNdArray(argument, array, [3, 4, 5]);
  const map = mapOfShape(`${argument}.shape`, shape, layout);
  if (layout === "channels-first") return { map, data };
  const values = new Float64Array(data.length);
  forEachIndex(map, (first, last) => (values[first] = data[last]!));
  return { map, data: values };
}

/** Writes a result in its layout. */
export function writeMap({ map, data }: Values): Float64NdArray {
  const shape = shapeOf(map);
  if (map.layout === "channels-first") return { data, shape };
  const values = new Float64Array(data.length);
  forEachIndex(map, (first, last) => (values[last] = data[first]!));
  return { data: values, shape };
}

/** A feature map of zeros. */
export function zeros(map: FeatureMap): Values {
  return { map, data: new Float64Array(elementsOf(map)) };
}

/** The index of an element in the values of a map. */
export function placeIn({ channels, size }: FeatureMap, n: number, c: number, d: number, h: number, w: number): number {
  return (((n * channels + c) * size[0] + d) * size[1] + h) * size[2] + w;
}

/** Calls back for every element of a map, with its index in the values, its image and channel, and its cell along the axes. */
export function forEachElement(
  { N, channels, size: [depth, height, width] }: FeatureMap,
  visit: (index: number, n: number, c: number, d: number, h: number, w: number) => void,
): void {
  let index = 0;
  for (let n = 0; n < N; n++)
    for (let c = 0; c < channels; c++)
      for (let d = 0; d < depth; d++)
        for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) visit(index++, n, c, d, h, w);
}

/** Calls back for every element, with its index in channels-first and in channels-last order. */
function forEachIndex({ N, channels, size }: FeatureMap, visit: (first: number, last: number) => void): void {
  const cells = size[0] * size[1] * size[2];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < channels; c++)
      for (let cell = 0; cell < cells; cell++)
        visit((n * channels + c) * cells + cell, (n * cells + cell) * channels + c);
}
