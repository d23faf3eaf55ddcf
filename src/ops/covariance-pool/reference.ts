// Covariance pooling and its gradient, in float64 on the CPU.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, shapeOf } from "../shared/geometry/feature-map.ts";
import { type LayoutOptions, type Values, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow } from "../shared/reference/windows.ts";
import {
  COVARIANCE_POOL_KEYS,
  type CovariancePoolOptions,
  type Covariances,
  covariancesOf,
  pairOf,
} from "./geometry.ts";

const KEYS = [...COVARIANCE_POOL_KEYS, "layout"];

/** The covariances of the channels of each window: `covariancePool` of convoke/ops, in float64. */
export function covariancePool(x: NdArray, options: CovariancePoolOptions & LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const covariances = covariancesOf(input.map, options);
  const y = zeros(covariances.output);
  forEachPair(input, covariances, (result, left, right) => {
    y.data[result] = left.reduce((sum, value, at) => sum + value * right[at]!, 0) / left.length;
  });
  return writeMap(y);
}

/** The gradient of `covariancePool` with respect to its x. */
export function covariancePoolBackward(
  dy: NdArray,
  x: NdArray,
  options: CovariancePoolOptions & LayoutOptions = {},
): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const covariances = covariancesOf(input.map, options);
  checkShapeIs("dy", dy.shape, shapeOf(covariances.output));
  const gradient = readMap("dy", dy, options);
  const dx = zeros(input.map);
  // The means add nothing to the gradient: the deviations from them sum to 0.
  forEachPair(input, covariances, (result, left, right, cells) => {
    const scaled = gradient.data[result]! / left.length;
    cells.forEach(([a, b], at) => {
      dx.data[a]! += scaled * right[at]!;
      dx.data[b]! += scaled * left[at]!;
    });
  });
  return writeMap(dx);
}

/**
 * Calls back for every pair of channels of every window, with the index of its result, the values of both minus their means, and their
 * indices.
 */
function forEachPair(
  { map, data }: Values,
  { windows, centered, output }: Covariances,
  visit: (
    result: number,
    left: readonly number[],
    right: readonly number[],
    cells: readonly (readonly [number, number])[],
  ) => void,
): void {
  const { N, channels, size } = map;
  const plane = elementCount(size);
  const pooledPlane = elementCount(windows.output);
  const values = (places: readonly number[]): number[] => {
    const all = places.map((place) => data[place]!);
    const mean = centered ? all.reduce((sum, value) => sum + value, 0) / all.length : 0;
    return all.map((value) => value - mean);
  };
  const oneChannel: FeatureMap = { ...map, N: 1, channels: 1 };
  for (let n = 0; n < N; n++)
    forEachWindow(oneChannel, windows, (window, cells) => {
      const of = (channel: number): number[] => cells.map((cell) => (n * channels + channel) * plane + cell);
      for (let a = 0; a < channels; a++)
        for (let b = a; b < channels; b++) {
          const [left, right] = [of(a), of(b)];
          const result = (n * output.channels + pairOf(a, b, channels)) * pooledPlane + window;
          visit(
            result,
            values(left),
            values(right),
            left.map((place, at) => [place, right[at]!] as const),
          );
        }
    });
}
