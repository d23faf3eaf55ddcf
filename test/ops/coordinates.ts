// The tested cases of CoordConv: every border and option, in one to three dimensions.
import type { CoordinateOptions } from "../../src/ops/coord-conv/geometry.ts";

export interface CoordCase {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly x: readonly number[];
  /** [K, C + coordinates, ...kernel] */
  readonly w: readonly number[];
  readonly options: CoordinateOptions;
}

export const COORD_CASES: readonly CoordCase[] = [
  { name: "2-D 3x3, padded", x: [2, 3, 6, 7], w: [5, 5, 3, 3], options: { padding: 1 } },
  {
    name: "2-D 2x3, radius, stride, dilation, reflect",
    x: [3, 2, 8, 9],
    w: [4, 5, 2, 3],
    options: {
      radius: true,
      stride: [2, 1],
      dilation: [1, 2],
      padding: 1,
      paddingMode: "reflect",
      mode: "convolution",
    },
  },
  {
    name: "1-D, a constant beyond the border",
    x: [1, 1, 12],
    w: [3, 2, 4],
    options: { padding: 2, paddingValue: 0.5 },
  },
  { name: "3-D, radius, one row", x: [1, 2, 4, 1, 5], w: [2, 6, 2, 1, 2], options: { radius: true } },
];
