// The options of maxout. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import type { Layout } from "../../problem/problem.ts";
import { checkInteger, checkOptions, checkShape } from "../../base/validate.ts";
import { channelAxis, linesAlong } from "../shared/geometry/axis.ts";

export interface MaxoutOptions {
  /** How many neighbouring channels the largest is taken of: a divisor of the channels. */
  pieces: number;
}

/** A tensor as [outer, pieces, inner] of which maxout keeps the largest of the pieces, and the shape of its result. */
export interface Maxout {
  readonly pieces: number;
  readonly inner: number;
  readonly shape: number[];
}

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
  return { pieces, inner: linesAlong(shape, axis).inner, shape: shape.with(axis, channels / pieces) };
}
