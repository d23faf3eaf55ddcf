// The parametric rectifier and its gradients.
import { refuse } from "../../base/error.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { besideChannels, otherPlaces } from "../shared/geometry/broadcast.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";

function checkPair(x: NdArray, slope: NdArray, options: LayoutOptions) {
  checkOptions("options", options, ["layout"]);
  const [values, slopes] = [checkNdArray("x", x, [2, 3, 4, 5]), checkNdArray("slope", slope, [1])];
  const { shape } = values;
  const axis = channelAxis(shape, layoutOf(options));
  const count = slopes.data.length;
  if (![1, shape[axis]].includes(count))
    refuse("shape-mismatch", "slope.shape", slopes.shape, `[${shape[axis]}], one for each channel, or [1]`);
  return { x: values, slope: slopes, places: otherPlaces(shape, besideChannels(count, shape.length, axis)) };
}

/** x, times its channel's slope below 0, as `engine.prelu`. */
export function prelu(x: NdArray, slope: NdArray, options: LayoutOptions = {}): Float64NdArray {
  const pair = checkPair(x, slope, options);
  return {
    data: pair.x.data.map((v, at) => (v < 0 ? pair.slope.data[pair.places[at]!]! * v : v)),
    shape: pair.x.shape,
  };
}

/** Its gradients, as `engine.preluBackward`. */
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
