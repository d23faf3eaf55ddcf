// The options of region alignment. Shared by the engine and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkFinite, checkInteger, checkOneOf, checkPerAxis } from "../../base/validate.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";

const MODES = ["average", "max"] as const;
const COORDINATES = ["half-pixel", "output-half-pixel"] as const;

/** The options of `roiAlign`. */
export interface RoiAlignOptions {
  /** Bins of a region: a number for both axes, or one for each. */
  outputSize: number | readonly number[];
  /** Samples of a bin along each axis; by default 0, as many as cells, rounded up. */
  samplingRatio?: number;
  /** Multiplies the coordinates of regions: cells of x for each of their units; 1 by default. */
  spatialScale?: number;
  /** The mean of the samples by default, or the largest of their weighted cells. */
  mode?: (typeof MODES)[number];
  /** "half-pixel" moves regions by half a cell, torchvision's `aligned`; "output-half-pixel" does not, and makes them at least one cell large. */
  coordinates?: (typeof COORDINATES)[number];
}

/** The options of `roiAlignBackward`. */
export interface RoiAlignBackwardOptions extends RoiAlignOptions {
  /** The shape of x. */
  inputShape: readonly number[];
}

export const ROI_ALIGN_KEYS = ["outputSize", "samplingRatio", "spatialScale", "mode", "coordinates"] as const;

/** The geometry of region alignment. */
export interface RoiAlignment {
  readonly samplingRatio: number;
  readonly scale: number;
  readonly max: boolean;
  readonly halfPixel: boolean;
  /** The bins: the regions are its images. */
  readonly output: FeatureMap;
}

/** @throws ConvError naming the invalid argument */
export function roiAlignmentOf(
  map: FeatureMap,
  rois: readonly number[],
  images: readonly number[],
  options: RoiAlignOptions,
): RoiAlignment {
  if (map.rank !== 2) refuse("unsupported", "x.shape", words(`a ${map.rank}-D map`), "two spatial axes");
  if (rois.length !== 2 || rois[1] !== 4)
    refuse("shape-mismatch", "rois.shape", rois, "[regions, 4]: x and y of the first corner, then of the last");
  if (images.length !== 1 || images[0] !== rois[0])
    refuse("shape-mismatch", "batchIndices.shape", images, `[${rois[0]}], one for each region`);
  const [rows, columns] = checkPerAxis("outputSize", options.outputSize, 2, 1);
  return {
    samplingRatio: checkInteger("samplingRatio", options.samplingRatio ?? 0, 0, 1024),
    scale: checkFinite("spatialScale", options.spatialScale ?? 1),
    max: checkOneOf("mode", options.mode ?? "average", MODES) === "max",
    halfPixel: checkOneOf("coordinates", options.coordinates ?? "half-pixel", COORDINATES) === "half-pixel",
    output: { ...map, N: rois[0]!, size: [1, rows!, columns!] },
  };
}
