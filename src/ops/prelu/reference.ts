// CPU reference of the parametric rectifier and its gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { otherPlaces } from "../shared/geometry/broadcast.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { slopesBeside } from "./geometry.ts";

function checkPair(x: NdArray, slope: NdArray, options: LayoutOptions) {
  checkOptions("options", options, ["layout"]);
  const [values, slopes] = [checkNdArray("x", x, [2, 3, 4, 5]), checkNdArray("slope", slope, [1])];
  const beside = slopesBeside(slopes.shape, values.shape, layoutOf(options));
  return { x: values, slope: slopes, places: otherPlaces(values.shape, beside) };
}

/** `prelu` of convoke/ops, in float64: x, times the slope of its channel below 0. */
export function prelu(x: NdArray, slope: NdArray, options: LayoutOptions = {}): Float64NdArray {
  const pair = checkPair(x, slope, options);
  return {
    data: pair.x.data.map((v, at) => (v < 0 ? pair.slope.data[pair.places[at]!]! * v : v)),
    shape: pair.x.shape,
  };
}

/** `preluBackward` of convoke/ops, in float64. */
export function preluBackward(
  dy: NdArray,
  x: NdArray,
  slope: NdArray,
  options: LayoutOptions = {},
): { dx: Float64NdArray; dslope: Float64NdArray } {
  const pair = checkPair(x, slope, options);
  const gradient = checkNdArray("dy", dy, [2, 3, 4, 5]);
  checkShapeIs("dy", gradient.shape, pair.x.shape);
  const dslope = new Float64Array(pair.slope.data.length);
  const dx = gradient.data.map((v, at) => {
    const value = pair.x.data[at]!;
    if (value > 0) return v;
    dslope[pair.places[at]!]! += value * v;
    return v * pair.slope.data[pair.places[at]!]!;
  });
  return { dx: { data: dx, shape: pair.x.shape }, dslope: { data: dslope, shape: pair.slope.shape } };
}
