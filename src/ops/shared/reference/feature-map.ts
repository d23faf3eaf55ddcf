// Feature maps as the references compute on them: channels first, three spatial axes, float64. Layouts are taken off and put on here.
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../geometry/feature-map.ts";
import { LAYOUTS, type Layout } from "../../../problem/problem.ts";
import { checkOneOf } from "../../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../../reference/ndarray.ts";

/** Options of every reference of an operation on feature maps. */
export interface LayoutOptions {
  /** The layout of every feature map of the call, "channels-first" unless given. */
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

/** A feature map among the arguments. */
export function readMap(argument: string, array: NdArray, layout: Layout): Values {
  const { data, shape } = checkNdArray(argument, array, [3, 4, 5]);
  const map = mapOfShape(`${argument}.shape`, shape, layout);
  if (layout === "channels-first") return { map, data };
  const values = new Float64Array(data.length);
  forEachPlace(map, (first, last) => (values[first] = data[last]!));
  return { map, data: values };
}

/** A result in its layout. */
export function writeMap({ map, data }: Values): Float64NdArray {
  const shape = shapeOf(map);
  if (map.layout === "channels-first") return { data, shape };
  const values = new Float64Array(data.length);
  forEachPlace(map, (first, last) => (values[last] = data[first]!));
  return { data: values, shape };
}

/** A feature map of zeros. */
export function zeros(map: FeatureMap): Values {
  return { map, data: new Float64Array(elementsOf(map)) };
}

/** The place of an element in values of a map. */
export function placeIn({ channels, size }: FeatureMap, n: number, c: number, d: number, h: number, w: number): number {
  return (((n * channels + c) * size[0] + d) * size[1] + h) * size[2] + w;
}

/** Every element by its place with the channels first, and with the channels last. */
function forEachPlace({ N, channels, size }: FeatureMap, visit: (first: number, last: number) => void): void {
  const cells = size[0] * size[1] * size[2];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < channels; c++)
      for (let cell = 0; cell < cells; cell++)
        visit((n * channels + c) * cells + cell, (n * cells + cell) * channels + c);
}
