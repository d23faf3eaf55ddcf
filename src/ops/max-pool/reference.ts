// Max pooling with the positions of the largest cells, and its gradient, in float64 on the CPU.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type IndexingOption, countsTensor } from "../shared/geometry/indices.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { forEachChosen } from "../shared/reference/chosen.ts";
import { type LayoutOptions, type Values, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow, readWindowBackward } from "../shared/reference/windows.ts";

const KEYS = [...WINDOW_KEYS, "layout"];
const INDEX_KEYS = [...KEYS, "indexing"];

/** Maxima and their positions. */
export interface ReferenceMaxima {
  readonly y: Float64NdArray;
  readonly indices: Float64NdArray;
}

/** Calls back with every region of cells of every channel, in the order of the results. */
export type ForEachRegion = (visit: (result: number, cells: readonly number[]) => void) => void;

/** The largest cell of each window: `maxPool` of convoke/ops, in float64. */
export function maxPool(x: NdArray, options: WindowOptions & LayoutOptions): Float64NdArray {
  return writeMap(maxima(x, options, KEYS, true).y);
}

/** As `maxPool`, with the positions of the maxima. */
export function maxPoolWithIndices(
  x: NdArray,
  options: WindowOptions & IndexingOption & LayoutOptions,
): ReferenceMaxima {
  return writeMaxima(maxima(x, options, INDEX_KEYS));
}

/** The gradient of `maxPool` with respect to its x. */
export function maxPoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: WindowBackwardOptions & IndexingOption & LayoutOptions,
): Float64NdArray {
  const { gradient, dx } = readWindowBackward(dy, options, INDEX_KEYS);
  return addChosen(gradient, indices, dx, options);
}

function maxima(
  x: NdArray,
  options: WindowOptions & IndexingOption & LayoutOptions,
  keys: readonly string[],
  mayBeEmpty = false,
): FoundMaxima {
  checkOptions("options", options, keys);
  const input = readMap("x", x, options);
  const windows = windowsOf(input.map, options, mayBeEmpty);
  return findMaxima(input, pooled(input.map, windows), options, (visit) => forEachWindow(input.map, windows, visit));
}

interface FoundMaxima {
  readonly y: Values;
  readonly indices: Values;
}

/** The maxima of regions of a map, and their positions. */
export function findMaxima(
  input: Values,
  output: FeatureMap,
  options: IndexingOption,
  forEachRegion: ForEachRegion,
): FoundMaxima {
  const y = zeros(output);
  const indices = zeros(output);
  const counted = countsTensor(options) ? Infinity : elementCount(input.map.size);
  forEachRegion((result, cells) => {
    const largest = largestOf(input.data, cells);
    y.data[result] = input.data[largest] ?? -Infinity;
    indices.data[result] = largest % counted;
  });
  return { y, indices };
}

/** The results of a max pooling with indices. */
export function writeMaxima({ y, indices }: FoundMaxima): ReferenceMaxima {
  return { y: writeMap(y), indices: writeMap(indices) };
}

/** The gradient of a max pooling: adds each gradient to the cell that its index names. */
export function addChosen(gradient: Values, indices: NdArray, dx: Values, options: IndexingOption): Float64NdArray {
  forEachChosen(indices, gradient.map, dx.map, options, (window, cell) => {
    dx.data[cell]! += gradient.data[window]!;
  });
  return writeMap(dx);
}

/** The index of the first of the largest cells, or of the last that is NaN; -1 if there is no cell. */
function largestOf(data: Float64Array, cells: readonly number[]): number {
  const [first = -1] = cells;
  return cells.reduce((best, cell) => (data[cell]! > data[best]! || Number.isNaN(data[cell]!) ? cell : best), first);
}
