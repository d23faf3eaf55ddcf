// Beds of nails and their gradient, in float64 on the CPU.
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow } from "../shared/reference/windows.ts";
import { BED_KEYS, type BedOfNailsOptions, bedOf, bedUnder } from "./geometry.ts";

const KEYS = [...BED_KEYS, "layout"];

/** Values at the first cells of windows: `bedOfNails` of convoke/ops, in float64. */
export function bedOfNails(x: NdArray, options: BedOfNailsOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const nails = readMap("x", x, options);
  const { bed, windows } = bedOf(nails.map, options);
  const y = zeros(bed);
  forEachWindow(bed, windows, (nail, [cell]) => {
    y.data[cell!] = nails.data[nail]!;
  });
  return writeMap(y);
}

/** The gradient of `bedOfNails` with respect to its x. */
export function bedOfNailsBackward(dy: NdArray, options: BedOfNailsOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const gradient = readMap("dy", dy, options);
  const { nails, windows } = bedUnder(gradient.map, options);
  const dx = zeros(nails);
  forEachWindow(gradient.map, windows, (nail, [cell]) => {
    dx.data[nail] = gradient.data[cell!]!;
  });
  return writeMap(dx);
}
