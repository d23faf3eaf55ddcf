// The options of maxout, checked. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { checkInteger, checkOptions, checkShape } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { channelAxis, linesAlong } from "../shared/geometry/axis.ts";

/** The options of `maxout` and its gradient. */
export interface MaxoutOptions {
  /** Channels of a group, of which the largest is taken: a divisor of the channels. */
  pieces: number;
}

/** The tensor as [outer, pieces, inner], of which the maximum along `pieces` is taken, and the shape of the result. */
export interface Maxout {
  readonly outer: number;
  readonly pieces: number;
  readonly inner: number;
  readonly shape: number[];
}

/** @throws ConvError naming the invalid option */
export function maxoutOf(
  argument: string,
  given: readonly number[],
  layout: Layout,
  options: MaxoutOptions,
  keys = ["pieces"],
): Maxout {
  checkOptions("options", options, keys);
  const shape = checkShape(`${argument}.shape`, [...given], [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const pieces = checkInteger("pieces", options.pieces, 1);
  const channels = shape[axis]!;
  if (channels % pieces !== 0) refuse("shape-mismatch", "pieces", pieces, `a divisor of the ${channels} channels`);
  const { outer, inner } = linesAlong(shape, axis);
  const groups = channels / pieces;
  return { outer: outer * groups, pieces, inner, shape: shape.with(axis, groups) };
}
