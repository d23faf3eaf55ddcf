// The geometry of a tensor along one of its axes. Shared by hosts and references.
import { elementCount } from "../../../base/shape.ts";
import { checkInteger } from "../../../base/validate.ts";
import type { Layout } from "../../../problem/problem.ts";

/** The ranks that a tensor of any shape may have. */
export const RANKS = [1, 2, 3, 4, 5];

/** A shape as [outer, size, inner], with the axis in the middle. */
export interface Lines {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The axis of the channels: the second of [N, C], the layout's in a feature map, and the only one of a vector. */
export function channelAxis(shape: readonly number[], layout: Layout): number {
  if (shape.length < 3) return shape.length - 1;
  return layout === "channels-first" ? 1 : shape.length - 1;
}

/** Checks the axis that an option names, counted from the end if negative; by default the channels. */
export function axisOf(value: unknown, shape: readonly number[], layout: Layout): number {
  if (value === undefined) return channelAxis(shape, layout);
  const axis = checkInteger("axis", value, -shape.length, shape.length - 1);
  return axis < 0 ? axis + shape.length : axis;
}

/** The lines of a shape along an axis. */
export function linesAlong(shape: readonly number[], axis: number): Lines {
  return {
    outer: elementCount(shape.slice(0, axis)),
    size: shape[axis]!,
    inner: elementCount(shape.slice(axis + 1)),
  };
}
