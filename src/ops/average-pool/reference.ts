// Average and sum pooling and their gradients, in float64 on the CPU.
import type { Triple } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  type Windows,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow, readWindowBackward } from "../shared/reference/windows.ts";
import {
  AVERAGE_POOL_KEYS,
  type AveragePoolBackwardOptions,
  type AveragePoolOptions,
  type Averaging,
  averagingOf,
} from "./geometry.ts";

const KEYS = [...AVERAGE_POOL_KEYS, "layout"];

/** The mean of each window: `averagePool` of convoke/ops, in float64. */
export function averagePool(x: NdArray, options: AveragePoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const averaging = averagingOf(options);
  const windows = windowsOf(input.map, options, averaging.mayBeEmpty);
  const y = zeros(pooled(input.map, windows));
  forEachWindow(input.map, windows, (result, cells, window) => {
    const sum = cells.reduce((total, cell) => total + input.data[cell]!, 0);
    y.data[result] = sum / divisorOf(averaging, windows, input.map.size, cells.length, window);
  });
  return writeMap(y);
}

/** The gradient of `averagePool` with respect to its x. */
export function averagePoolBackward(dy: NdArray, options: AveragePoolBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...KEYS, "inputShape"]);
  const averaging = averagingOf(options);
  const { windows, gradient, dx } = readWindowBackward(dy, options, KEYS, averaging.mayBeEmpty);
  forEachWindow(dx.map, windows, (result, cells, window) => {
    const scaled = gradient.data[result]! / divisorOf(averaging, windows, dx.map.size, cells.length, window);
    for (const cell of cells) dx.data[cell]! += scaled;
  });
  return writeMap(dx);
}

/** The sum of each window. */
export function sumPool(x: NdArray, options: WindowOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...WINDOW_KEYS, "layout"]);
  return averagePool(x, { ...options, divisor: 1 });
}

/** The gradient of `sumPool` with respect to its x. */
export function sumPoolBackward(dy: NdArray, options: WindowBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...WINDOW_KEYS, "layout", "inputShape"]);
  return averagePoolBackward(dy, { ...options, divisor: 1 });
}

/** The divisor of a window's sum. `inside` is the number of its cells in the input. */
export function divisorOf(
  { includePadding, divisor }: Averaging,
  windows: Windows,
  size: Triple,
  inside: number,
  window: Triple,
): number {
  if (divisor > 0) return divisor;
  if (!includePadding) return inside;
  const { kernel, stride, dilation, padBegin, padEnd } = windows;
  return window.reduce((product, index, axis) => {
    const end = size[axis]! + padBegin[axis]! + padEnd[axis]!;
    const taps = Array.from({ length: kernel[axis]! }, (_, tap) => index * stride[axis]! + tap * dilation[axis]!);
    return product * taps.filter((cell) => cell < end).length;
  }, 1);
}
