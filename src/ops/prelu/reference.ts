// CPU reference of the parametric rectifier and its gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { checkElements, combined, summedTo } from "../shared/reference/broadcast.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { slopesBeside } from "./geometry.ts";

function checkPair(x: NdArray, slope: NdArray, options: LayoutOptions): { x: Float64NdArray; slope: Float64NdArray } {
  checkOptions("options", options, ["layout"]);
  const [values, slopes] = [checkElements("x", x), checkElements("slope", slope)];
  const shape = [...slopesBeside(slopes.shape, values.shape, layoutOf(options))];
  return { x: values, slope: { ...slopes, shape } };
}

/** `prelu` of convoke/ops, in float64: x, times its slope below 0. */
export function prelu(x: NdArray, slope: NdArray, options: LayoutOptions = {}): Float64NdArray {
  return combined({ ...checkPair(x, slope, options) }, (v, factor) => (v < 0 ? factor * v : v));
}

/** `preluBackward` of convoke/ops, in float64. */
export function preluBackward(
  dy: NdArray,
  x: NdArray,
  slope: NdArray,
  options: LayoutOptions = {},
): { dx: Float64NdArray; dslope: Float64NdArray } {
  const pair = checkPair(x, slope, options);
  checkShapeIs("dy", checkElements("dy", dy).shape, pair.x.shape);
  const terms = combined({ dy, x: pair.x }, (v, value) => (value > 0 ? 0 : value * v));
  return {
    dx: combined({ dy, ...pair }, (v, value, factor) => (value > 0 ? v : v * factor)),
    dslope: { ...summedTo(pair.slope.shape, terms), shape: [...slope.shape] },
  };
}
