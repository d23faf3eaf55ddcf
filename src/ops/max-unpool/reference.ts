// Max unpooling and its gradient, in float64 on the CPU.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { shapeOf } from "../shared/geometry/feature-map.ts";
import { checkIndexed } from "../shared/geometry/indices.ts";
import { WINDOW_KEYS, type WindowOptions, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow } from "../shared/reference/windows.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry.ts";

/** Puts values where max pooling found them: `maxUnpool` of convoke/ops, in float64. */
export function maxUnpool(x: NdArray, indices: NdArray, options: MaxUnpoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...MAX_UNPOOL_KEYS, "layout"]);
  const values = readMap("x", x, options);
  const { map, windows } = unpooled(values.map, options);
  checkIndexed("outputShape", map);
  checkShapeIs("indices", indices.shape, x.shape);
  const chosen = readMap("indices", indices, options);
  const y = zeros(map);
  const plane = elementCount(map.size);
  forEachWindow(map, windows, (value, cells) => {
    for (const cell of cells) if (cell % plane === chosen.data[value]) y.data[cell] = values.data[value]!;
  });
  return writeMap(y);
}

/** The gradient of `maxUnpool` with respect to its x. */
export function maxUnpoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: WindowOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, [...WINDOW_KEYS, "layout"]);
  const gradient = readMap("dy", dy, options);
  checkIndexed("dy.shape", gradient.map);
  const windows = windowsOf(gradient.map, options);
  const dx = zeros(pooled(gradient.map, windows));
  checkShapeIs("indices", indices.shape, shapeOf(dx.map));
  const chosen = readMap("indices", indices, options);
  const plane = elementCount(gradient.map.size);
  // The last value written to each cell.
  const winners = new Map<number, number>();
  forEachWindow(gradient.map, windows, (value, cells) => {
    for (const cell of cells) if (cell % plane === chosen.data[value]) winners.set(cell, value);
  });
  for (const [cell, value] of winners) dx.data[value] = gradient.data[cell]!;
  return writeMap(dx);
}
