// Windows and the gradients of pooling by windows, as the references visit them.
import { checkOptions } from "../../../base/validate.ts";
import { type NdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../geometry/feature-map.ts";
import { type WindowBackwardOptions, type Windows, pooled, windowsOf } from "../geometry/windows.ts";
import { type LayoutOptions, type Values, forEachElement, layoutOf, placeIn, readMap, zeros } from "./feature-map.ts";

/**
 * Calls back for every window of every channel, in the order of the results.
 * @param visit gets the index of the result, the indices of the window's cells of the input in row-major order, and the window's position
 * along the axes
 */
export function forEachWindow(
  map: FeatureMap,
  { kernel, stride, dilation, padBegin, output }: Windows,
  visit: (result: number, cells: readonly number[], window: readonly [number, number, number]) => void,
): void {
  const inside = (axis: 0 | 1 | 2, window: number): number[] =>
    Array.from(
      { length: kernel[axis] },
      (_, tap) => window * stride[axis] - padBegin[axis] + tap * dilation[axis],
    ).filter((cell) => cell >= 0 && cell < map.size[axis]);
  forEachRegion({ ...map, size: output }, map, inside, visit);
}

/**
 * Calls back for every cell of `output`, with the cells of `input` in its region, the product of the cells along each axis.
 * @param along the cells of the input along an axis, for a position of the output
 */
export function forEachRegion(
  output: FeatureMap,
  input: FeatureMap,
  along: (axis: 0 | 1 | 2, position: number) => readonly number[],
  visit: (result: number, cells: readonly number[], position: readonly [number, number, number]) => void,
): void {
  // `along` is called once for each position of an axis, not once for each output.
  const cellsAlong = (axis: 0 | 1 | 2): (readonly number[])[] =>
    Array.from({ length: output.size[axis] }, (_, position) => along(axis, position));
  const [depth, height, width] = [cellsAlong(0), cellsAlong(1), cellsAlong(2)];
  forEachElement(output, (result, n, c, o, p, q) => {
    const cells: number[] = [];
    for (const d of depth[o]!)
      for (const h of height[p]!) for (const w of width[q]!) cells.push(placeIn(input, n, c, d, h, w));
    visit(result, cells, [o, p, q]);
  });
}

/** The arguments of the gradient of a pooling by windows: its windows, dy, and a dx of zeros. */
export function readWindowBackward(
  dy: NdArray,
  options: WindowBackwardOptions & LayoutOptions,
  keys: readonly string[],
  mayBeEmpty = false,
): { windows: Windows; gradient: Values; dx: Values } {
  checkOptions("options", options, [...keys, "inputShape"]);
  const map = mapOfShape("inputShape", options.inputShape, layoutOf(options));
  const windows = windowsOf(map, options, mayBeEmpty);
  checkShapeIs("dy", dy.shape, shapeOf(pooled(map, windows)));
  return { windows, gradient: readMap("dy", dy, options), dx: zeros(map) };
}
