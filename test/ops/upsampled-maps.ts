// Maps and options that upsampling is tested with.
import type { UpsampleOptions } from "../../src/ops/resize/geometry.ts";

export interface UpsampledMap {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  readonly options: UpsampleOptions;
}

export const UPSAMPLED_MAPS: readonly UpsampledMap[] = [
  { name: "1-D, twice", shape: [2, 3, 5], options: { scale: 2 } },
  { name: "2-D, 2x3", shape: [1, 4, 4, 3], options: { scale: [2, 3] } },
  { name: "2-D, to a size", shape: [2, 3, 4, 5], options: { outputSize: [7, 13] } },
  { name: "2-D, to fewer cells", shape: [1, 5, 9, 7], options: { outputSize: [4, 3] } },
  { name: "2-D, by a half more", shape: [1, 3, 5, 6], options: { scale: 1.5 } },
  { name: "3-D", shape: [1, 2, 2, 3, 2], options: { scale: [2, 1, 3] } },
  { name: "1-D, linear, twice", shape: [2, 3, 5], options: { scale: 2, mode: "linear" } },
  { name: "2-D, linear, twice", shape: [2, 4, 4, 6], options: { scale: 2, mode: "linear" } },
  { name: "2-D, linear, to a size", shape: [1, 3, 4, 5], options: { outputSize: [7, 13], mode: "linear" } },
  { name: "2-D, linear, to fewer cells", shape: [1, 3, 9, 7], options: { outputSize: [2, 4], mode: "linear" } },
  {
    name: "2-D, linear, corners aligned",
    shape: [2, 3, 4, 5],
    options: { outputSize: [7, 1], mode: "linear", alignCorners: true },
  },
  // More outputs of a cell than one invocation reduces.
  {
    name: "2-D, linear, of one cell, corners aligned",
    shape: [1, 4, 1, 1],
    options: { outputSize: [17, 11], mode: "linear", alignCorners: true },
  },
  { name: "2-D, of one cell", shape: [1, 3, 1, 1], options: { outputSize: [15, 11] } },
  { name: "3-D, linear", shape: [1, 2, 2, 3, 4], options: { scale: 2, mode: "linear" } },
];
