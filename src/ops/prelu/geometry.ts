// The slopes of the parametric rectifier, checked. Shared by the host and the reference.
import type { Layout } from "../../problem/problem.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { checkBroadcasts } from "../shared/geometry/broadcast.ts";

/**
 * The shape by which slopes are broadcast over x: a vector of as many as x has channels lies along them, other shapes are aligned at the end.
 * @throws ConvError if slope cannot be broadcast over x
 */
export function slopesBeside(slope: readonly number[], x: readonly number[], layout: Layout): readonly number[] {
  const axis = channelAxis(x, layout);
  if (slope.length === 1 && slope[0] === x[axis]) return x.map((size, at) => (at === axis ? size : 1));
  checkBroadcasts("slope", slope, x);
  return slope;
}
