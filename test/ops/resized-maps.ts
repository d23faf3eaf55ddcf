// Maps and options that resizing is tested with.
import type { ResizeOptions } from "../../src/ops/resize/geometry.ts";

export interface ResizedMap {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  readonly options: ResizeOptions;
}

export const RESIZED_MAPS: readonly ResizedMap[] = [
  { name: "1-D, nearest", shape: [2, 3, 5], options: { scale: 1.7 } },
  {
    name: "2-D, nearest, halves up",
    shape: [1, 4, 4, 6],
    options: { scale: [2.5, 0.5], rounding: "round-prefer-ceil" },
  },
  { name: "2-D, nearest, up", shape: [2, 3, 4, 5], options: { outputSize: [7, 3], rounding: "ceil" } },
  {
    name: "3-D, nearest, down, symmetric",
    shape: [1, 2, 3, 4, 5],
    options: { scale: [1.5, 1.3, 0.7], rounding: "floor", coordinates: "half-pixel-symmetric" },
  },
  { name: "2-D, nearest, twice", shape: [1, 4, 3, 4], options: { scale: 2 } },
  {
    name: "2-D, linear, asymmetric",
    shape: [1, 3, 4, 5],
    options: { scale: 1.6, mode: "linear", coordinates: "asymmetric" },
  },
  {
    name: "2-D, linear, antialiased",
    shape: [1, 4, 13, 16],
    options: { outputSize: [4, 5], mode: "linear", antialias: true },
  },
  {
    name: "1-D, linear, antialiased, outside excluded",
    shape: [2, 3, 41],
    options: { scale: 0.3, mode: "linear", antialias: true, excludeOutside: true },
  },
  // So many lines that an invocation computes several neighbours.
  { name: "2-D, linear, up", shape: [1, 420, 9, 12], options: { outputSize: [85, 32], mode: "linear" } },
  { name: "2-D, cubic", shape: [1, 3, 4, 6], options: { scale: [2.5, 1.5], mode: "cubic" } },
  { name: "2-D, cubic, of fewer cells than taps", shape: [1, 2, 2, 3], options: { outputSize: [5, 4], mode: "cubic" } },
  {
    name: "2-D, cubic, antialiased, of another coefficient",
    shape: [1, 4, 12, 9],
    options: { outputSize: [5, 13], mode: "cubic", antialias: true, cubicCoefficient: -0.5 },
  },
  {
    name: "2-D, cubic, outside excluded, corners aligned",
    shape: [1, 3, 5, 4],
    options: { outputSize: [3, 9], mode: "cubic", excludeOutside: true, coordinates: "align-corners" },
  },
  {
    name: "2-D, linear, cropped beyond the border",
    shape: [1, 3, 4, 6],
    options: {
      ...{ outputSize: [5, 7], mode: "linear", coordinates: "tf-crop-and-resize" },
      ...{ roi: [-0.3, 0.2, 0.7, 1.3], extrapolationValue: 3.5 },
    },
  },
  {
    name: "2-D, nearest, cropped and flipped",
    shape: [2, 4, 4, 6],
    options: { outputSize: [6, 5], coordinates: "tf-crop-and-resize", roi: [1, 0.9, 0.1, -0.2] },
  },
  {
    name: "1-D, cubic, cropped and flipped",
    shape: [2, 3, 9],
    options: { outputSize: 7, mode: "cubic", coordinates: "tf-crop-and-resize", roi: [0.9, 0.3] },
  },
  {
    name: "2-D, one output, of PyTorch",
    shape: [1, 2, 5, 4],
    options: { outputSize: [1, 6], mode: "linear", coordinates: "pytorch-half-pixel" },
  },
  {
    name: "2-D, linear, in proportion",
    shape: [1, 2, 5, 8],
    options: { outputSize: [7, 9], mode: "linear", keepAspectRatio: "not-larger" },
  },
  {
    name: "3-D, linear, of the same size along an axis",
    shape: [1, 2, 3, 4, 5],
    options: { outputSize: [5, 4, 3], mode: "linear" },
  },
  { name: "2-D, linear, of the same size", shape: [1, 2, 3, 4], options: { scale: 1, mode: "linear" } },
];
