// The cells of the windows of pooling, window by window.
import type { FeatureMap } from "../geometry/feature-map.ts";
import type { Windows } from "../geometry/windows.ts";
import { placeIn } from "./feature-map.ts";

/**
 * Calls back with every window of every channel, in the order of the results.
 * @param visit gets the place of the result, the places of the window's cells of the input in row-major order, and which windows along the axes it is
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
  let result = 0;
  for (let n = 0; n < map.N; n++)
    for (let c = 0; c < map.channels; c++)
      for (let o = 0; o < output[0]; o++)
        for (let p = 0; p < output[1]; p++)
          for (let q = 0; q < output[2]; q++) {
            const cells: number[] = [];
            for (const d of inside(0, o))
              for (const h of inside(1, p)) for (const w of inside(2, q)) cells.push(placeIn(map, n, c, d, h, w));
            visit(result++, cells, [o, p, q]);
          }
}
