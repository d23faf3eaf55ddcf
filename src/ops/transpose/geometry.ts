// The order of the axes of a transposed tensor. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import type { Layout } from "../../problem/problem.ts";
import { type StridedCopy, permuted, wholeView } from "../shared/geometry/strided.ts";

/** The options of `transpose`. */
export interface TransposeOptions {
  /** For each axis of the result, the axis of x that it is. Default: all axes in reverse. */
  permutation?: readonly number[];
  /** The layout of the result; that of x by default. */
  layout?: Layout;
}

/**
 * The copy that transposes a tensor, and the shape of the result.
 * @throws ConvError if the permutation does not name each axis once
 */
export function transpositionOf(
  shape: readonly number[],
  permutation: unknown,
): { copy: StridedCopy; shape: number[] } {
  const axes = shape.map((_, axis) => axis);
  const order: unknown = permutation ?? axes.toReversed();
  if (!Array.isArray(order) || order.length !== axes.length || !axes.every((axis) => order.includes(axis)))
    refuse("invalid-argument", "permutation", order, `each of the axes [${axes.join(", ")}] once`);
  const own = order as number[];
  const sizes = own.map((axis) => shape[axis]!);
  return { copy: { sizes, from: permuted(wholeView(shape), own), to: wholeView(sizes) }, shape: sizes };
}
