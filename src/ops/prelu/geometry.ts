// The slopes of the parametric rectifier, checked. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { checkShape } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { channelAxis } from "../shared/geometry/axis.ts";

/**
 * The shape by which slopes [C] or [1] are broadcast over x: of the rank of x, with size 1 along all axes but the channels.
 * @throws ConvError if x has no channels, or slope has another shape
 */
export function slopesBeside(slope: readonly number[], x: readonly number[], layout: Layout): number[] {
  checkShape("x.shape", [...x], [2, 3, 4, 5]);
  const axis = channelAxis(x, layout);
  const [count] = slope;
  if (slope.length !== 1 || (count !== 1 && count !== x[axis]))
    refuse("shape-mismatch", "slope.shape", slope, `[${x[axis]}], one for each channel, or [1]`);
  return x.map((_, at) => (at === axis ? count! : 1));
}
