// The geometry of a tensor along one of its axes. Shared by hosts and references.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";
import { checkInteger } from "../../../base/validate.ts";
import type { Layout } from "../../../problem/problem.ts";

/** A shape as [outer, size, inner], with the axis in the middle. */
export interface Lines {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The axis of the channels: the second of [N, C], the layout's in a feature map, and the only one of a vector or a scalar. */
export function channelAxis(shape: readonly number[], layout: Layout): number {
  if (shape.length < 3) return Math.max(0, shape.length - 1);
  return layout === "channels-first" ? 1 : shape.length - 1;
}

/** Checks the axis that an option names, counted from the end if negative; by default the channels. A scalar counts as a vector of one. */
export function axisOf(value: unknown, shape: readonly number[], layout: Layout): number {
  if (value === undefined) return channelAxis(shape, layout);
  const rank = Math.max(1, shape.length);
  const axis = checkInteger("axis", value, -rank, rank - 1);
  return axis < 0 ? axis + rank : axis;
}

/** Checks a list of axes, counted from the end if negative, each at most once. */
export function axesOf(given: unknown, rank: number): number[] {
  if (!Array.isArray(given)) refuse("invalid-argument", "axes", given, "an array of axes");
  const axes: number[] = [];
  Array.from(given as unknown[]).forEach((one, at) => {
    const argument = `axes[${at}]`;
    const axis = checkInteger(argument, one, -rank, rank - 1);
    const own = axis < 0 ? axis + rank : axis;
    if (axes.includes(own)) refuse("invalid-argument", argument, one, "each axis at most once");
    axes.push(own);
  });
  return axes;
}

/** The lines of a shape along an axis. */
export function linesAlong(shape: readonly number[], axis: number): Lines {
  return {
    outer: elementCount(shape.slice(0, axis)),
    size: shape[axis] ?? 1,
    inner: elementCount(shape.slice(axis + 1)),
  };
}
