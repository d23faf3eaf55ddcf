// The lines along which extremes are sought. Shared by the engine and the reference.
import { checkBoolean } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { checkTerms, reducedOf } from "../reduce/geometry.ts";
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
  const last = checkBoolean("selectLast", options.selectLast ?? false);
  const { keepDimensions } = options;
  // A scalar has no axis, and counts as a vector of one.
  const reduced = reducedOf(given, {
    axes: given.length === 0 ? [] : [axis],
    ...(keepDimensions !== undefined && { keepDimensions }),
  });
  checkTerms(given, reduced);
  return { lines: linesAlong(given, axis), axis, last, shape: reduced.shape };
}
