// The tested cases of spatially separable convolution: every border and option, in one to three dimensions.
import type { SpatiallySeparableOptions } from "../../src/ops/spatially-separable-conv/geometry.ts";

export interface AxisCase {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly x: readonly number[];
  /** The shapes of the kernels, channels first. */
  readonly kernels: readonly (readonly number[])[];
  readonly options: SpatiallySeparableOptions;
}

export const AXIS_CASES: readonly AxisCase[] = [
  { name: "2-D, one kernel for all, same", x: [2, 3, 6, 9], kernels: [[3], [5]], options: { padding: "same" } },
  {
    name: "2-D, a kernel for each channel, reflect",
    x: [2, 4, 7, 8],
    kernels: [
      [4, 3],
      [4, 4],
    ],
    options: {
      padding: [
        [1, 2],
        [3, 1],
      ],
      paddingMode: "reflect",
    },
  },
  {
    name: "2-D, one for all and one for each, replicate, stride 2x1",
    x: [1, 5, 9, 7],
    kernels: [[3], [5, 2]],
    options: { padding: [3, 2], paddingMode: "replicate", stride: [2, 1], mode: "convolution" },
  },
  {
    name: "2-D, circular, dilation 1x2, stride 1x2",
    x: [1, 3, 6, 8],
    kernels: [[3, 2], [3]],
    options: { padding: [1, 2], paddingMode: "circular", dilation: [1, 2], stride: [1, 2] },
  },
  { name: "1-D", x: [3, 1, 10], kernels: [[4]], options: { padding: 1, stride: 3 } },
  { name: "1-D, more border than the kernel reaches", x: [2, 3, 8], kernels: [[3, 2]], options: { padding: 3 } },
  { name: "3-D", x: [1, 4, 4, 5, 6], kernels: [[2], [4, 3], [3]], options: { padding: 1, dilation: [1, 2, 1] } },
];
