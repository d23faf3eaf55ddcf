// Maps and windows that covariance pooling is tested with.
import type { CovariancePoolOptions } from "../../src/ops/covariance-pool/geometry.ts";

export interface CovarianceMap {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  readonly options: CovariancePoolOptions;
}

export const COVARIANCE_MAPS: readonly CovarianceMap[] = [
  { name: "1-D, all cells", shape: [2, 3, 7], options: {} },
  { name: "2-D, all cells", shape: [2, 5, 3, 4], options: {} },
  { name: "2-D, one channel", shape: [2, 1, 4, 5], options: {} },
  // More cells than one invocation reduces.
  { name: "2-D, all of many cells", shape: [1, 8, 13, 12], options: {} },
  // Multiplied as matrices.
  { name: "2-D, all of a large map", shape: [2, 24, 16, 18], options: {} },
  { name: "2-D, moments of a large map", shape: [1, 32, 15, 18], options: { centered: false } },
  { name: "2-D, moments", shape: [1, 4, 5, 5], options: { centered: false } },
  {
    name: "2-D, windows, padded, ceil",
    shape: [1, 5, 6, 7],
    options: { kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
  },
  {
    name: "2-D, moments of windows, dilation 2",
    shape: [1, 3, 6, 7],
    options: { kernelSize: [2, 3], stride: 1, dilation: 2, centered: false },
  },
  { name: "3-D, windows", shape: [1, 2, 3, 4, 3], options: { kernelSize: 2, stride: [1, 2, 1] } },
];
