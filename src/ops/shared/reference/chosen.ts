// The cells that indices of max pooling name, as the references visit them.
import { elementCount } from "../../../base/shape.ts";
import { type NdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { type FeatureMap, elementsOf, shapeOf } from "../geometry/feature-map.ts";
import { type IndexingOption, countsTensor } from "../geometry/indices.ts";
import { readMap } from "./feature-map.ts";

/**
 * Calls back with each window whose index names a cell, and that cell, in the order of the windows.
 * @param pooled the map of the windows, which the indices are shaped as
 * @param map the map of the cells
 */
export function forEachChosen(
  indices: NdArray,
  pooled: FeatureMap,
  map: FeatureMap,
  options: IndexingOption,
  visit: (window: number, cell: number) => void,
): void {
  const whole = countsTensor(options);
  checkShapeIs("indices", indices.shape, shapeOf(pooled));
  const [windows, cells] = [elementCount(pooled.size), elementCount(map.size)];
  readMap("indices", indices, pooled).data.forEach((index, window) => {
    if (!Number.isInteger(index) || index < 0 || index >= (whole ? elementsOf(map) : cells)) return;
    visit(window, whole ? index : Math.floor(window / windows) * cells + index);
  });
}
