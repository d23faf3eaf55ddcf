// The bins of adaptive pooling: output i of O along an axis of I cells covers the cells from floor(i I / O) to before ceil((i + 1) I / O),
// as in PyTorch.
import { refuse } from "../../../base/error.ts";
import { type Triple, greatestCommonDivisor, toTriple } from "../../../base/shape.ts";
import { checkPerAxis } from "../../../base/validate.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { Windows } from "./windows.ts";

/** The options of adaptive pooling. */
export interface AdaptivePoolOptions {
  /** Bins along the spatial axes: a number for all, or one for each. */
  outputSize: number | readonly number[];
}

/** The options of the gradients of adaptive pooling. */
export interface AdaptivePoolBackwardOptions extends AdaptivePoolOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

export const ADAPTIVE_KEYS = ["outputSize"] as const;

/** Shaders compute products of cells and bins in 32 bits. */
const MAX_PRODUCT = 2 ** 32 - 1;

/**
 * The feature map with one cell for each bin.
 * @throws ConvError naming the invalid option
 */
export function binned(map: FeatureMap, { outputSize }: AdaptivePoolOptions): FeatureMap {
  const size = toTriple(checkPerAxis("outputSize", outputSize, map.rank, 1), 1);
  if (map.size.includes(0)) refuse("invalid-argument", "outputSize", outputSize, "a map that has cells");
  size.forEach((bins, axis) => {
    if ((bins + 1) * (map.size[axis]! + 1) > MAX_PRODUCT)
      refuse("too-large", "outputSize", outputSize, `less: times the ${map.size[axis]} cells at most ${MAX_PRODUCT}`);
  });
  return { ...map, size };
}

/** The cells of a bin, from the first to before the end. */
export function binCells(bin: number, bins: number, cells: number): [first: number, end: number] {
  return [Math.floor((bin * cells) / bins), Math.ceil(((bin + 1) * cells) / bins)];
}

/** The most cells of a bin; with both arguments exchanged, the most bins that contain a cell. */
export function mostCells(bins: number, cells: number): number {
  const rest = cells % bins;
  if (rest === 0) return cells / bins;
  return Math.floor(cells / bins) + (areAlike(bins, cells) ? 1 : 2);
}

/**
 * Whether all bins have the same number of cells. A bin starts a multiple of the greatest common divisor after the start of a cell.
 */
export function areAlike(bins: number, cells: number): boolean {
  const rest = cells % bins;
  return rest === 0 || rest === greatestCommonDivisor(cells, bins);
}

/** Bins as windows where all have the same size, else undefined. */
export function evenBins(map: FeatureMap, { size }: FeatureMap): Windows | undefined {
  if (map.size.some((cells, axis) => cells % size[axis]! !== 0)) return undefined;
  const along = (axis: 0 | 1 | 2): number => map.size[axis] / size[axis];
  const kernel: Triple = [along(0), along(1), along(2)];
  const none: Triple = [0, 0, 0];
  return { kernel, stride: kernel, dilation: [1, 1, 1], padBegin: none, padEnd: none, output: size };
}
