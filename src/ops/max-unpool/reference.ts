// Max unpooling and its gradient, in float64 on the CPU.
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import type { IndexingOption } from "../shared/geometry/indices.ts";
import { WINDOW_KEYS, type WindowOptions, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { forEachChosen } from "../shared/reference/chosen.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { MAX_UNPOOL_KEYS, type MaxUnpoolOptions, unpooled } from "./geometry.ts";

/** Puts values where max pooling found them: `maxUnpool` of convoke/ops, in float64. */
export function maxUnpool(x: NdArray, indices: NdArray, options: MaxUnpoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...MAX_UNPOOL_KEYS, "layout"]);
  const values = readMap("x", x, options);
  const { map } = unpooled(values.map, options);
  const y = zeros(map);
  forEachChosen(indices, values.map, map, options, (window, cell) => {
    y.data[cell] = values.data[window]!;
  });
  return writeMap(y);
}

/** The gradient of `maxUnpool` with respect to its x. */
export function maxUnpoolBackward(
  dy: NdArray,
  indices: NdArray,
  options: WindowOptions & IndexingOption & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, [...WINDOW_KEYS, "indexing", "layout"]);
  const gradient = readMap("dy", dy, options);
  const dx = zeros(pooled(gradient.map, windowsOf(gradient.map, options, true)));
  // The last window that chose each cell.
  const winners = new Map<number, number>();
  forEachChosen(indices, dx.map, gradient.map, options, (window, cell) => {
    winners.set(cell, window);
  });
  for (const [cell, window] of winners) dx.data[window] = gradient.data[cell]!;
  return writeMap(dx);
}
