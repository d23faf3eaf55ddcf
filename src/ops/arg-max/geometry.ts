// The lines along which extremes are sought. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkBoolean } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { type Lines, axisOf, linesAlong } from "../shared/geometry/axis.ts";

/** The options of `argMax` and `argMin`. */
export interface ArgMaxOptions {
  /** The axis, counted from the end if negative; the channels by default. */
  axis?: number;
  /** Whether the result keeps the axis, with size 1; false by default. */
  keepDimensions?: boolean;
  /** Whether the last of equal elements is taken instead of the first; false by default. */
  selectLast?: boolean;
}

export const ARG_MAX_KEYS = ["axis", "keepDimensions", "selectLast"];

/** The lines of a shape, and the shape of the result. */
export interface Extremes {
  readonly lines: Lines;
  readonly axis: number;
  readonly last: boolean;
  readonly shape: number[];
}

/** @throws ConvError naming the invalid argument */
export function extremesOf(given: readonly number[], options: ArgMaxOptions, layout: Layout): Extremes {
  const axis = axisOf(options.axis, given, layout);
  const keep = checkBoolean("keepDimensions", options.keepDimensions ?? false);
  const last = checkBoolean("selectLast", options.selectLast ?? false);
  // A scalar counts as a vector of one.
  const full = given.length === 0 ? [1] : given;
  const lines = linesAlong(full, axis);
  const shape = keep ? given.map((size, at) => (at === axis ? 1 : size)) : given.filter((_, at) => at !== axis);
  if (lines.size === 0 && elementCount(shape) > 0)
    refuse("shape-mismatch", "x.shape", given, "elements along the axis: nothing has no largest or smallest element");
  return { lines, axis, last, shape };
}
