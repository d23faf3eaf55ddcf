// The geometry of CoordConv: a convolution over the channels of an input and the coordinates of its cells. Shared by the engine and the
// reference.
import { checkBoolean, checkShape } from "../../base/validate.ts";
import { type ConvProblem, type Layout, convProblem, joinShape, splitShape } from "../../problem/problem.ts";
import type { UngroupedOptions } from "../shared/geometry/ungrouped.ts";

/** The options of CoordConv that determine its geometry. */
export interface CoordinateOptions extends UngroupedOptions {
  /** Whether to add the distance from the centre as a channel; false by default. */
  radius?: boolean;
}

/** The convolution problem over input and coordinate channels, and the number of coordinate channels. */
export interface Coordinates {
  readonly problem: ConvProblem;
  readonly channels: number;
  readonly radius: boolean;
}

/**
 * The problem of a call.
 *
 * @param names the names of x and w in errors
 * @param x the shape of the input without coordinates
 * @param w [K, C + coordinates, ...kernel], or [...kernel, C + coordinates, K]
 * @throws ConvError naming the invalid argument
 */
export function coordinatesOf(
  names: { input: string; kernel: string },
  x: readonly number[],
  w: readonly number[],
  layout: Layout,
  { radius: option, ...geometry }: CoordinateOptions,
): Coordinates {
  const { N, channels: C, spatial } = splitShape(checkShape(names.input, x, [3, 4, 5]), layout);
  const radius = checkBoolean("radius", option ?? false);
  const channels = spatial.length + (radius ? 1 : 0);
  const problem = convProblem(
    "forward",
    { ...geometry, layout, inputShape: joinShape(N, C + channels, spatial, layout), kernelShape: w },
    names,
  );
  return { problem, channels, radius };
}

/** The shape of the weights of some of the input channels. */
export function weightsOfChannels({ kernel, K, rank, layout }: ConvProblem, channels: number): number[] {
  const taps = kernel.slice(3 - rank);
  return layout === "channels-first" ? [K, channels, ...taps] : [...taps, channels, K];
}
