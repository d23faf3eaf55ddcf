// Gaussian pooling and its gradient, in float64 on the CPU.
import type { Triple } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow, readWindowBackward } from "../shared/reference/windows.ts";
import {
  GAUSSIAN_POOL_KEYS,
  type Gaussian,
  type GaussianPoolBackwardOptions,
  type GaussianPoolOptions,
  gaussianOf,
} from "./geometry.ts";

const KEYS = [...GAUSSIAN_POOL_KEYS, "layout"];

/** The weighted mean of each window: `gaussianPool` of convoke/ops, in float64. */
export function gaussianPool(x: NdArray, options: GaussianPoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const windows = windowsOf(input.map, options);
  const gaussian = gaussianOf(input.map, windows, options);
  const y = zeros(pooled(input.map, windows));
  forEachWindow(input.map, windows, (result, cells, window) => {
    const weights = weightsOf(input.map, windows, gaussian, cells, window);
    y.data[result] = cells.reduce((sum, cell, at) => sum + weights[at]! * input.data[cell]!, 0);
  });
  return writeMap(y);
}

/** The gradient of `gaussianPool` with respect to its x. */
export function gaussianPoolBackward(
  dy: NdArray,
  options: GaussianPoolBackwardOptions & LayoutOptions,
): Float64NdArray {
  const { windows, gradient, dx } = readWindowBackward(dy, options, KEYS);
  const gaussian = gaussianOf(dx.map, windows, options);
  forEachWindow(dx.map, windows, (result, cells, window) => {
    const weights = weightsOf(dx.map, windows, gaussian, cells, window);
    cells.forEach((cell, at) => (dx.data[cell]! += weights[at]! * gradient.data[result]!));
  });
  return writeMap(dx);
}

/** The weights of the cells of a window, whose sum is 1. */
function weightsOf(
  { size }: FeatureMap,
  { stride, dilation, padBegin }: Windows,
  { scale, centre }: Gaussian,
  cells: readonly number[],
  window: Triple,
): number[] {
  const exponents = cells.map((cell) => {
    const place = [
      Math.floor(cell / size[2] / size[1]) % size[0],
      Math.floor(cell / size[2]) % size[1],
      cell % size[2],
    ];
    return place.reduce((sum, at, axis) => {
      const tap = (at + padBegin[axis]! - window[axis]! * stride[axis]!) / dilation[axis]!;
      return sum - scale[axis]! * (tap - centre[axis]!) ** 2;
    }, 0);
  });
  const largest = Math.max(...exponents);
  const weights = exponents.map((exponent) => Math.exp(exponent - largest));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / all);
}
