// The same numbers in the other layout.
import { elementCount } from "../../src/base/shape.ts";
import type { NdArray } from "../../src/reference.ts";

/** The axes of [N, C, ...spatial] in the order [N, ...spatial, C]. */
export function channelsLast({ shape, data }: NdArray): NdArray {
  const [N, C, ...spatial] = shape as [number, number, ...number[]];
  const cells = elementCount(spatial);
  const values = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const [n, c, cell] = [Math.floor(at / cells / C), Math.floor(at / cells) % C, at % cells];
    values[(n * cells + cell) * C + c] = data[at]!;
  }
  return { shape: [N, ...spatial, C], data: values };
}
