// The channels that CoordConv adds to its input, and the convolution with them. Shared by the engine and the reference.
import {
  type ConvProblem,
  type GeometryOptions,
  type Layout,
  convProblem,
  joinShape,
  splitShape,
} from "../../problem/problem.ts";
import { checkBoolean, checkShape } from "../../base/validate.ts";

export interface CoordinateOptions extends Omit<GeometryOptions, "groups"> {
  /** Whether the distance from the middle is a channel too. */
  radius?: boolean;
}

export const COORD_GEOMETRY_KEYS = ["stride", "dilation", "padding", "paddingMode", "paddingValue", "mode"] as const;

/** The convolution of the input with its coordinates, and how many channels those are. */
export interface Coordinates {
  readonly problem: ConvProblem;
  readonly channels: number;
  readonly radius: boolean;
}

/**
 * @param x the shape of the input without coordinates
 * @param w [K, C + coordinates, ...kernel], or [...kernel, C + coordinates, K]
 * @throws ConvError naming the argument that does not fit
 */
export function coordinatesOf(
  names: { input: string; kernel: string },
  x: readonly number[],
  w: readonly number[],
  layout: Layout,
  { radius, ...geometry }: CoordinateOptions,
): Coordinates {
  const { N, channels: C, spatial } = splitShape(checkShape(names.input, x, [3, 4, 5]), layout);
  const wanted = checkBoolean("radius", radius ?? false);
  const channels = spatial.length + (wanted ? 1 : 0);
  const problem = convProblem(
    "forward",
    { ...geometry, layout, inputShape: joinShape(N, C + channels, spatial, layout), kernelShape: w },
    names,
  );
  return { problem, channels, radius: wanted };
}

/** A part of the channels of the weights: their shape with as many. */
export function weightsWith({ kernel, K, rank, layout }: ConvProblem, channels: number): number[] {
  const taps = kernel.slice(3 - rank);
  return layout === "channels-first" ? [K, channels, ...taps] : [...taps, channels, K];
}
