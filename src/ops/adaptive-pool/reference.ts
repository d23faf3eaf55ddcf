// Adaptive and global pooling, and their gradients.
import {
  ADAPTIVE_KEYS,
  type AdaptivePoolBackwardOptions,
  type AdaptivePoolOptions,
  binCells,
  binned,
} from "../shared/geometry/bins.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, type Values, layoutOf, placeIn, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { type ReferenceMaxima, largestOf } from "../max-pool/reference.ts";

const KEYS = [...ADAPTIVE_KEYS, "layout"];

/** The mean of each bin, as `engine.adaptiveAveragePool`. */
export function adaptiveAveragePool(x: NdArray, options: AdaptivePoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, layoutOf(options));
  const y = zeros(binned(input.map, options));
  forEachBin(input.map, y.map, (result, cells) => {
    y.data[result] = cells.reduce((sum, cell) => sum + input.data[cell]!, 0) / cells.length;
  });
  return writeMap(y);
}

/** Its gradient, as `engine.adaptiveAveragePoolBackward`. */
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

/** The largest cell of each bin, as `engine.adaptiveMaxPool`. */
export function adaptiveMaxPool(x: NdArray, options: AdaptivePoolOptions & LayoutOptions): Float64NdArray {
  return writeMap(maxima(x, options).y);
}

/** The same with where it lies, as `engine.adaptiveMaxPoolWithIndices`. */
export function adaptiveMaxPoolWithIndices(x: NdArray, options: AdaptivePoolOptions & LayoutOptions): ReferenceMaxima {
  const { y, indices, input } = maxima(x, options);
  checkIndexed("x.shape", input);
  return { y: writeMap(y), indices: writeMap(indices) };
}

/** Its gradient, as `engine.adaptiveMaxPoolBackward`. */
export function adaptiveMaxPoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: AdaptivePoolBackwardOptions & LayoutOptions,
): Float64NdArray {
  const { gradient, dx } = readBackward(dy, options);
  checkIndexed("inputShape", dx.map);
  checkShapeIs("indices", indices.shape, dy.shape);
  const chosen = readMap("indices", indices, layoutOf(options));
  const plane = elementCount(dx.map.size);
  forEachBin(dx.map, gradient.map, (result, cells) => {
    for (const cell of cells) if (cell % plane === chosen.data[result]) dx.data[cell]! += gradient.data[result]!;
  });
  return writeMap(dx);
}

/** The mean of each channel, as `engine.globalAveragePool`. */
export function globalAveragePool(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  return adaptiveAveragePool(x, { ...options, outputSize: 1 });
}

/** Its gradient, as `engine.globalAveragePoolBackward`. */
export function globalAveragePoolBackward(
  dy: NdArray,
  options: { inputShape: readonly number[] } & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, ["inputShape", "layout"]);
  return adaptiveAveragePoolBackward(dy, { ...options, outputSize: 1 });
}

/** The largest cell of each channel, as `engine.globalMaxPool`. */
export function globalMaxPool(x: NdArray, options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  return adaptiveMaxPool(x, { ...options, outputSize: 1 });
}

function maxima(
  x: NdArray,
  options: AdaptivePoolOptions & LayoutOptions,
): { y: Values; indices: Values; input: FeatureMap } {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, layoutOf(options));
  const y = zeros(binned(input.map, options));
  const indices = zeros(y.map);
  const plane = elementCount(input.map.size);
  forEachBin(input.map, y.map, (result, cells) => {
    const largest = largestOf(input.data, cells);
    y.data[result] = input.data[largest]!;
    indices.data[result] = largest % plane;
  });
  return { y, indices, input: input.map };
}

function readBackward(
  dy: NdArray,
  options: AdaptivePoolBackwardOptions & LayoutOptions,
): { gradient: Values; dx: Values } {
  checkOptions("options", options, [...KEYS, "inputShape"]);
  const layout = layoutOf(options);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  checkShapeIs("dy", dy.shape, shapeOf(binned(map, options)));
  return { gradient: readMap("dy", dy, layout), dx: zeros(map) };
}

/** Calls back with every bin of every channel, in the order of the results, and the places of its cells in row-major order. */
function forEachBin(
  map: FeatureMap,
  { size }: FeatureMap,
  visit: (result: number, cells: readonly number[]) => void,
): void {
  const inside = (axis: 0 | 1 | 2, bin: number): number[] => {
    const [first, end] = binCells(bin, size[axis], map.size[axis]);
    return Array.from({ length: end - first }, (_, at) => first + at);
  };
  let result = 0;
  for (let n = 0; n < map.N; n++)
    for (let c = 0; c < map.channels; c++)
      for (let o = 0; o < size[0]; o++)
        for (let p = 0; p < size[1]; p++)
          for (let q = 0; q < size[2]; q++) {
            const cells: number[] = [];
            for (const d of inside(0, o))
              for (const h of inside(1, p)) for (const w of inside(2, q)) cells.push(placeIn(map, n, c, d, h, w));
            visit(result++, cells);
          }
}
