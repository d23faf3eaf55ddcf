// A tensor along one of its axes: as many lines as it has other elements. Shared by the engine and the reference.
import type { Layout } from "../../../problem/problem.ts";
import { elementCount } from "../../../base/shape.ts";
import { checkInteger } from "../../../base/validate.ts";

/** A shape as [outer, size, inner], the axis in the middle. */
export interface Lines {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The axis of the channels: the second of [N, C], that of the layout in a feature map, and the one of a vector. */
export function channelAxis(shape: readonly number[], layout: Layout): number {
  if (shape.length < 3) return shape.length - 1;
  return layout === "channels-first" ? 1 : shape.length - 1;
}

/** An axis of a shape among the options: one of its own, counted from the end where negative; that of the channels unless given. */
export function axisOf(value: unknown, shape: readonly number[], layout: Layout): number {
  if (value === undefined) return channelAxis(shape, layout);
  const axis = checkInteger("axis", value, -shape.length, shape.length - 1);
  return axis < 0 ? axis + shape.length : axis;
}

export function linesAlong(shape: readonly number[], axis: number): Lines {
  return {
    outer: elementCount(shape.slice(0, axis)),
    size: shape[axis]!,
    inner: elementCount(shape.slice(axis + 1)),
  };
}
