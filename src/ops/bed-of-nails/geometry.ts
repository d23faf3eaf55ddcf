// The options of beds of nails, and their windows: each value lies at the first cell of a window.
import { refuse } from "../../base/error.ts";
import { type Triple, toTriple } from "../../base/shape.ts";
import { checkPerAxis } from "../../base/validate.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import type { Windows } from "../shared/geometry/windows.ts";

/** The options of `bedOfNails` and its gradient. */
export interface BedOfNailsOptions {
  /** Cells of the window that each value becomes: a number for all axes, or one for each. */
  kernelSize: number | readonly number[];
}

export const BED_KEYS = ["kernelSize"] as const;

/** The bed of a map of nails, and the windows of one cell each that hold them. */
export function bedOf(nails: FeatureMap, { kernelSize }: BedOfNailsOptions): { bed: FeatureMap; windows: Windows } {
  const stride = toTriple(checkPerAxis("kernelSize", kernelSize, nails.rank, 1), 1);
  const along = (axis: 0 | 1 | 2): number => nails.size[axis] * stride[axis];
  const bed = { ...nails, size: [along(0), along(1), along(2)] as const };
  // Refuses a result that is too large.
  mapOfShape("kernelSize: the result's shape", shapeOf(bed), bed.layout);
  return { bed, windows: firstCells(stride, nails.size) };
}

/** The nails of a bed, and their windows. */
export function bedUnder(bed: FeatureMap, { kernelSize }: BedOfNailsOptions): { nails: FeatureMap; windows: Windows } {
  const stride = toTriple(checkPerAxis("kernelSize", kernelSize, bed.rank, 1), 1);
  const along = (axis: 0 | 1 | 2): number => bed.size[axis] / stride[axis];
  const size: Triple = [along(0), along(1), along(2)];
  if (!size.every(Number.isInteger))
    refuse(
      "shape-mismatch",
      "dy.shape",
      shapeOf(bed),
      `spatial sizes that are multiples of ${stride.slice(3 - bed.rank).join(", ")}`,
    );
  return { nails: { ...bed, size }, windows: firstCells(stride, size) };
}

function firstCells(stride: Triple, output: Triple): Windows {
  const none: Triple = [0, 0, 0];
  return { kernel: [1, 1, 1], stride, dilation: [1, 1, 1], padBegin: none, padEnd: none, output };
}
