// Max pooling with the positions of the largest cells, and its gradient, in float64 on the CPU.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { type LayoutOptions, type Values, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow, readWindowBackward } from "../shared/reference/windows.ts";

const KEYS = [...WINDOW_KEYS, "layout"];

/** Maxima and their positions. */
export interface ReferenceMaxima {
  readonly y: Float64NdArray;
  readonly indices: Float64NdArray;
}

/** Calls back with every region of cells of every channel, in the order of the results. */
export type ForEachRegion = (visit: (result: number, cells: readonly number[]) => void) => void;

/** The largest cell of each window: `maxPool` of convoke/ops, in float64. */
export function maxPool(x: NdArray, options: WindowOptions & LayoutOptions): Float64NdArray {
  return writeMap(maxima(x, options, true).y);
}

/** As `maxPool`, with the positions of the maxima. */
export function maxPoolWithIndices(x: NdArray, options: WindowOptions & LayoutOptions): ReferenceMaxima {
  return writeMaxima(maxima(x, options));
}

/** The gradient of `maxPool` with respect to its x. */
export function maxPoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: WindowBackwardOptions & LayoutOptions,
): Float64NdArray {
  const { windows, gradient, dx } = readWindowBackward(dy, options, KEYS);
  return addChosen(gradient, indices, dx, (visit) => forEachWindow(dx.map, windows, visit));
}

function maxima(x: NdArray, options: WindowOptions & LayoutOptions, mayBeEmpty = false): FoundMaxima {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const windows = windowsOf(input.map, options, mayBeEmpty);
  return findMaxima(input, pooled(input.map, windows), (visit) => forEachWindow(input.map, windows, visit));
}

interface FoundMaxima {
  readonly input: FeatureMap;
  readonly y: Values;
  readonly indices: Values;
}

/** The maxima of regions of a map, and their positions in its channels. */
export function findMaxima(input: Values, output: FeatureMap, forEachRegion: ForEachRegion): FoundMaxima {
  const y = zeros(output);
  const indices = zeros(output);
  const plane = elementCount(input.map.size);
  forEachRegion((result, cells) => {
    const largest = largestOf(input.data, cells);
    y.data[result] = input.data[largest] ?? -Infinity;
    indices.data[result] = largest % plane;
  });
  return { input: input.map, y, indices };
}

/** The results of a max pooling with indices. */
export function writeMaxima({ input, y, indices }: FoundMaxima): ReferenceMaxima {
  checkIndexed("x.shape", input);
  return { y: writeMap(y), indices: writeMap(indices) };
}

/** The gradient of a max pooling: adds each gradient to the cell of its region that the index names. */
export function addChosen(
  gradient: Values,
  indices: NdArray,
  dx: Values,
  forEachRegion: ForEachRegion,
): Float64NdArray {
  checkIndexed("inputShape", dx.map);
  checkShapeIs("indices", indices.shape, shapeOf(gradient.map));
  const chosen = readMap("indices", indices, gradient.map);
  const plane = elementCount(dx.map.size);
  forEachRegion((result, cells) => {
    for (const cell of cells) if (cell % plane === chosen.data[result]) dx.data[cell]! += gradient.data[result]!;
  });
  return writeMap(dx);
}

/** The index of the first of the largest cells, or of the last that is NaN; -1 if there is no cell. */
function largestOf(data: Float64Array, cells: readonly number[]): number {
  const [first = -1] = cells;
  return cells.reduce((best, cell) => (data[cell]! > data[best]! || Number.isNaN(data[cell]!) ? cell : best), first);
}
