// Which weights of a convolution compute which channel of its result. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkBoolean, checkInteger, checkShape } from "../../base/validate.ts";
import { type Layout, splitKernel } from "../../problem/problem.ts";
import { type Normalisation, axis, normalisation } from "../shared/geometry/normalisation.ts";

/** The options that determine which weights compute which channel. */
export interface FoldGeometry {
  /** Whether w are the weights of a transposed convolution. Default: false. */
  transposed?: boolean;
  /** Groups of a transposed convolution. Default: 1. The groups of a convolution make no difference here. */
  groups?: number;
}

/**
 * Weights as a normalisation whose sets are the channels of the result. A matrix is the weights [out, in] of a fully connected layer, in
 * either layout.
 * @throws ConvError naming the invalid option
 */
export function foldSets(shape: unknown, layout: Layout, options: FoldGeometry): Normalisation {
  const transposed = checkBoolean("transposed", options.transposed ?? false);
  const groups = checkInteger("groups", options.groups ?? 1, 1);
  if (!transposed && groups !== 1)
    refuse("invalid-argument", "groups", options.groups, "none unless transposed: they make no difference");
  const sizes = checkShape("w.shape", shape, transposed ? [3, 4, 5] : [2, 3, 4, 5]);
  const last = layout === "channels-last" && sizes.length > 2;
  const { outer, inner, spatial } = splitKernel(sizes, last ? "channels-last" : "channels-first");
  const taps = axis(elementCount(spatial), 0, 0);
  if (!transposed) {
    const channels = axis(outer, 1, 0);
    return normalisation(last ? [taps, axis(inner, 0, 0), channels] : [channels, axis(inner, 0, 0), taps], [outer]);
  }
  if (outer % groups !== 0) refuse("shape-mismatch", "groups", groups, `a divisor of the ${outer} input channels`);
  const [group, rest, channels] = [axis(groups, inner, 0), axis(outer / groups, 0, 0), axis(inner, 1, 0)];
  return normalisation(last ? [taps, channels, group, rest] : [group, rest, channels, taps], [inner * groups]);
}
