// Windows that pooling is tested with: every option, in one to three dimensions.
import type { Layout } from "../../src/index.ts";
import type { WindowOptions } from "../../src/ops/shared/geometry/windows.ts";

export interface PooledMap {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  readonly options: WindowOptions;
}

export const POOLED_MAPS: readonly PooledMap[] = [
  { name: "1-D, 2 cells", shape: [2, 3, 9], options: { kernelSize: 2 } },
  {
    name: "1-D, overlapping, padded, ceil",
    shape: [1, 2, 10],
    options: { kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
  },
  { name: "2-D, 2x2", shape: [2, 3, 6, 8], options: { kernelSize: 2 } },
  { name: "2-D, 3x3 at stride 2, padded", shape: [1, 5, 7, 9], options: { kernelSize: 3, stride: 2, padding: 1 } },
  {
    name: "2-D, 3x2 at stride 2x3, padded unevenly, ceil",
    shape: [2, 2, 8, 9],
    options: {
      kernelSize: [3, 2],
      stride: [2, 3],
      padding: [
        [1, 0],
        [0, 1],
      ],
      ceilMode: true,
    },
  },
  {
    name: "2-D, dilation 2x3",
    shape: [1, 3, 9, 11],
    options: { kernelSize: [2, 3], stride: 1, dilation: [2, 3], padding: [1, 2] },
  },
  { name: "2-D, same", shape: [1, 4, 5, 7], options: { kernelSize: 3, stride: 2, padding: "same" } },
  { name: "2-D, stride larger than the window", shape: [1, 3, 11, 10], options: { kernelSize: 2, stride: [5, 3] } },
  {
    name: "3-D, 2x3x2, padded",
    shape: [1, 2, 5, 6, 5],
    options: { kernelSize: [2, 3, 2], stride: [1, 2, 2], padding: [1, 1, 0] },
  },
  {
    // Up to twelve windows contain a cell: with them unrolled, SwiftShader did not finish their gradient within a minute and a half.
    name: "3-D, 3x2x3 dilated, padded, ceil",
    shape: [2, 3, 8, 3, 6],
    options: { kernelSize: [3, 2, 3], dilation: [3, 3, 2], padding: [0, 2, 2], ceilMode: true },
  },
];

/** A shape [N, C, ...spatial] in a layout. */
export function inLayout([N, C, ...spatial]: readonly number[], layout: Layout): number[] {
  return layout === "channels-last" ? [N!, ...spatial, C!] : [N!, C!, ...spatial];
}
