// CPU reference of maxout and its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { type MaxoutOptions, maxoutOf } from "./geometry.ts";

const RANKS = [2, 3, 4, 5];

/** The places of the largest of each group: the first of equals, or of NaN where there is one. */
function largestOf(x: NdArray, options: MaxoutOptions & LayoutOptions) {
  const { data, shape } = checkNdArray("x", x, RANKS);
  const groups = maxoutOf("x", shape, layoutOf(options), options, ["pieces", "layout"]);
  const { pieces, inner } = groups;
  const places = Array.from({ length: elementCount(groups.shape) }, (_, at) => {
    const start = Math.floor(at / inner) * pieces * inner + (at % inner);
    let largest = start;
    for (let piece = 1; piece < pieces; piece++) {
      const place = start + piece * inner;
      const value = data[largest]!;
      if (!Number.isNaN(value) && !(data[place]! <= value)) largest = place;
    }
    return largest;
  });
  return { data, shape, groups, places };
}

/** `maxout` of convoke/ops, in float64. */
export function maxout(x: NdArray, options: MaxoutOptions & LayoutOptions): Float64NdArray {
  const { data, groups, places } = largestOf(x, options);
  return { data: Float64Array.from(places, (place) => data[place]!), shape: groups.shape };
}

/** `maxoutBackward` of convoke/ops, in float64. */
export function maxoutBackward(dy: NdArray, x: NdArray, options: MaxoutOptions & LayoutOptions): Float64NdArray {
  const { data, shape, groups, places } = largestOf(x, options);
  const gradient = checkNdArray("dy", dy, RANKS);
  checkShapeIs("dy", gradient.shape, groups.shape);
  const dx = new Float64Array(data.length);
  places.forEach((place, at) => (dx[place] = gradient.data[at]!));
  return { data: dx, shape };
}
