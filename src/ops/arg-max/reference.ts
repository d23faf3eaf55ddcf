// CPU reference of the places of the largest and the smallest elements along an axis.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { linesOf } from "../shared/reference/lines.ts";
import { ARG_MAX_KEYS, type ArgMaxOptions, extremesOf } from "./geometry.ts";

type ReferenceOptions = ArgMaxOptions & LayoutOptions;

/** `argMax` of convoke/ops. */
export function argMax(x: NdArray, options: ReferenceOptions = {}): Float64NdArray {
  return extremes(x, options, (v, best) => v > best);
}

/** `argMin` of convoke/ops. */
export function argMin(x: NdArray, options: ReferenceOptions = {}): Float64NdArray {
  return extremes(x, options, (v, best) => v < best);
}

/** @param beats whether a number is nearer to what is sought than another */
function extremes(x: NdArray, options: ReferenceOptions, beats: (v: number, best: number) => boolean): Float64NdArray {
  checkOptions("options", options, [...ARG_MAX_KEYS, "layout"]);
  const { data, shape: given } = checkNdArray("x", x, RANKS);
  const { axis, last, shape } = extremesOf(given, options, layoutOf(options));
  const wins = (v: number, best: number): boolean => {
    if (Number.isNaN(best) || Number.isNaN(v)) return Number.isNaN(v) && (last || !Number.isNaN(best));
    return beats(v, best) || (last && v === best);
  };
  const lines = linesOf(given.length === 0 ? [1] : given, axis);
  const places = lines.map((line) =>
    line.reduce((best, place, at) => (wins(data[place]!, data[line[best]!]!) ? at : best), 0),
  );
  return { data: Float64Array.from(places), shape };
}
