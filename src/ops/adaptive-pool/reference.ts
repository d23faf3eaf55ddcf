// Adaptive and global pooling and their gradients, in float64 on the CPU.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type ReferenceMaxima, addChosen, findMaxima, writeMaxima } from "../max-pool/reference.ts";
import {
  ADAPTIVE_KEYS,
  type AdaptivePoolBackwardOptions,
  type AdaptivePoolOptions,
  binCells,
  binned,
} from "../shared/geometry/bins.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import type { IndexingOption } from "../shared/geometry/indices.ts";
import {
  type LayoutOptions,
  type Values,
  layoutOf,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import { forEachRegion } from "../shared/reference/windows.ts";

const KEYS = [...ADAPTIVE_KEYS, "layout"];
const INDEX_KEYS = [...KEYS, "indexing"];

/** The mean of each bin: `adaptiveAveragePool` of convoke/ops, in float64. */
export function adaptiveAveragePool(x: NdArray, options: AdaptivePoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const y = zeros(binned(input.map, options));
  forEachBin(input.map, y.map, (result, cells) => {
    y.data[result] = cells.reduce((sum, cell) => sum + input.data[cell]!, 0) / cells.length;
  });
  return writeMap(y);
}

/** The gradient of `adaptiveAveragePool` with respect to its x. */
export function adaptiveAveragePoolBackward(
  dy: NdArray,
  options: AdaptivePoolBackwardOptions & LayoutOptions,
): Float64NdArray {
  const { gradient, dx } = readBackward(dy, options);
  forEachBin(dx.map, gradient.map, (result, cells) => {
    for (const cell of cells) dx.data[cell]! += gradient.data[result]! / cells.length;
  });
  return writeMap(dx);
}

/** The largest cell of each bin. */
export function adaptiveMaxPool(x: NdArray, options: AdaptivePoolOptions & LayoutOptions): Float64NdArray {
  return writeMap(maxima(x, options, KEYS).y);
}

/** As `adaptiveMaxPool`, with the positions of the maxima. */
export function adaptiveMaxPoolWithIndices(
  x: NdArray,
  options: AdaptivePoolOptions & IndexingOption & LayoutOptions,
): ReferenceMaxima {
  return writeMaxima(maxima(x, options, INDEX_KEYS));
}

/** The gradient of `adaptiveMaxPool` with respect to its x. */
export function adaptiveMaxPoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: AdaptivePoolBackwardOptions & IndexingOption & LayoutOptions,
): Float64NdArray {
  const { gradient, dx } = readBackward(dy, options, INDEX_KEYS);
  return addChosen(gradient, indices, dx, options);
}

/** The mean of each channel. */
export function globalAveragePool(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  return adaptiveAveragePool(x, { ...options, outputSize: 1 });
}

/** The gradient of `globalAveragePool` with respect to its x. */
export function globalAveragePoolBackward(
  dy: NdArray,
  options: { inputShape: readonly number[] } & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, ["inputShape", "layout"]);
  return adaptiveAveragePoolBackward(dy, { ...options, outputSize: 1 });
}

/** The largest cell of each channel. */
export function globalMaxPool(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  return adaptiveMaxPool(x, { ...options, outputSize: 1 });
}

function maxima(
  x: NdArray,
  options: AdaptivePoolOptions & IndexingOption & LayoutOptions,
  keys: readonly string[],
): ReturnType<typeof findMaxima> {
  checkOptions("options", options, keys);
  const input = readMap("x", x, options);
  const output = binned(input.map, options);
  return findMaxima(input, output, options, (visit) => forEachBin(input.map, output, visit));
}

function readBackward(
  dy: NdArray,
  options: AdaptivePoolBackwardOptions & LayoutOptions,
  keys: readonly string[] = KEYS,
): { gradient: Values; dx: Values } {
  checkOptions("options", options, [...keys, "inputShape"]);
  const map = mapOfShape("inputShape", options.inputShape, layoutOf(options));
  checkShapeIs("dy", dy.shape, shapeOf(binned(map, options)));
  return { gradient: readMap("dy", dy, options), dx: zeros(map) };
}

/** Calls back for every bin of every channel, in the order of the results, with the indices of its cells in row-major order. */
function forEachBin(
  map: FeatureMap,
  output: FeatureMap,
  visit: (result: number, cells: readonly number[]) => void,
): void {
  const inside = (axis: 0 | 1 | 2, bin: number): number[] => {
    const [first, end] = binCells(bin, output.size[axis], map.size[axis]);
    return Array.from({ length: end - first }, (_, at) => first + at);
  };
  forEachRegion(output, map, inside, visit);
}
