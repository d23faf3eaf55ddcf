// Max pooling, with where the largest cells lie, and its gradient.
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, type Values, layoutOf, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow } from "../shared/reference/windows.ts";

const KEYS = [...WINDOW_KEYS, "layout"];

/** A maximum and where it lies. */
export interface ReferenceMaxima {
  readonly y: Float64NdArray;
  readonly indices: Float64NdArray;
}

/** The largest cell of each window, as `engine.maxPool`. */
export function maxPool(x: NdArray, options: WindowOptions & LayoutOptions): Float64NdArray {
  return writeMap(maxima(x, options).y);
}

/** The same with where it lies, as `engine.maxPoolWithIndices`. */
export function maxPoolWithIndices(x: NdArray, options: WindowOptions & LayoutOptions): ReferenceMaxima {
  const { y, indices, input } = maxima(x, options);
  checkIndexed("x.shape", input);
  return { y: writeMap(y), indices: writeMap(indices) };
}

/** Its gradient, as `engine.maxPoolBackward`. */
export function maxPoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: WindowBackwardOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, [...KEYS, "inputShape"]);
  const layout = layoutOf(options);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  checkIndexed("inputShape", map);
  const windows = windowsOf(map, options);
  const gradient = readMap("dy", dy, layout);
  const chosen = readMap("indices", indices, layout);
  checkShapeIs("dy", dy.shape, shapeOf(pooled(map, windows)));
  checkShapeIs("indices", indices.shape, dy.shape);
  const dx = zeros(map);
  const plane = elementCount(map.size);
  forEachWindow(map, windows, (result, cells) => {
    for (const cell of cells) if (cell % plane === chosen.data[result]) dx.data[cell]! += gradient.data[result]!;
  });
  return writeMap(dx);
}

function maxima(x: NdArray, options: WindowOptions & LayoutOptions): { y: Values; indices: Values; input: FeatureMap } {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, layoutOf(options));
  const windows = windowsOf(input.map, options);
  const y = zeros(pooled(input.map, windows));
  const indices = zeros(y.map);
  const plane = elementCount(input.map.size);
  forEachWindow(input.map, windows, (result, cells) => {
    const largest = largestOf(input.data, cells);
    y.data[result] = input.data[largest]!;
    indices.data[result] = largest % plane;
  });
  return { y, indices, input: input.map };
}

/** The first of the largest cells, the last one that is NaN. */
export function largestOf(data: Float64Array, cells: readonly number[]): number {
  return cells.reduce((best, cell) => (data[cell]! > data[best]! || Number.isNaN(data[cell]!) ? cell : best));
}
