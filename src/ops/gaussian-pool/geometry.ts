// The options and the weights of Gaussian pooling.
import { refuse } from "../../base/error.ts";
import { type Triple, toTriple } from "../../base/shape.ts";
import { checkFinite } from "../../base/validate.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  type Windows,
} from "../shared/geometry/windows.ts";

/** The options of `gaussianPool`. */
export interface GaussianPoolOptions extends WindowOptions {
  /** The standard deviation of the weights in cells of the input: a number for all axes, or one for each. */
  sigma: number | readonly number[];
}

export type GaussianPoolBackwardOptions = GaussianPoolOptions & WindowBackwardOptions;

export const GAUSSIAN_POOL_KEYS = [...WINDOW_KEYS, "sigma"] as const;

/** The weight of tap t is the product of exp(-scale (t - centre)^2) along the axes. */
export interface Gaussian {
  readonly scale: Triple;
  readonly centre: Triple;
}

/** @throws ConvError where sigma does not fit */
export function gaussianOf(
  { rank }: FeatureMap,
  { kernel, dilation }: Windows,
  { sigma }: GaussianPoolOptions,
): Gaussian {
  if (Array.isArray(sigma) && sigma.length !== rank)
    refuse("shape-mismatch", "sigma", sigma, `a number or an array of ${rank}, one for each spatial axis`);
  const given = Array.from({ length: rank }, (_, axis): unknown => (Array.isArray(sigma) ? sigma[axis] : sigma));
  const deviations = toTriple(
    given.map((value) => {
      const deviation = checkFinite("sigma", value);
      if (deviation <= 0) refuse("invalid-argument", "sigma", deviation, "a number above 0");
      return deviation;
    }),
    1,
  );
  const along = (axis: 0 | 1 | 2): number => dilation[axis] ** 2 / (2 * deviations[axis] ** 2);
  const middle = (axis: 0 | 1 | 2): number => (kernel[axis] - 1) / 2;
  const scale: Triple = [along(0), along(1), along(2)];
  const centre: Triple = [middle(0), middle(1), middle(2)];
  // The exponents that the shaders compute in float32 have to be finite.
  const farthest = scale.reduce((sum, one, axis) => sum + one * Math.max(centre[axis]!, 1) ** 2, 0);
  if (!Number.isFinite(Math.fround(farthest)))
    refuse("invalid-argument", "sigma", sigma, "a larger number: (cells / sigma)^2 has to be finite in f32");
  return { scale, centre };
}
