// The axes of a reduction. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkBoolean } from "../../base/validate.ts";
import { axesOf } from "../shared/geometry/axis.ts";

/** The options of reductions. */
export interface ReduceOptions {
  /** The axes that are reduced, counted from the end if negative; all of them by default. */
  axes?: readonly number[];
  /** Whether the result keeps the reduced axes, with size 1; false by default. */
  keepDimensions?: boolean;
}

export const REDUCE_KEYS = ["axes", "keepDimensions"];

/** What a reduction leaves of a shape. */
export interface Reduced {
  /** With the reduced axes, of size 1. */
  readonly kept: number[];
  /** The shape of the result. */
  readonly shape: number[];
  /** The number of elements that each element of the result is computed from. */
  readonly terms: number;
}

/** @throws ConvError naming the invalid option */
export function reducedOf(shape: readonly number[], options: ReduceOptions): Reduced {
  const keep = checkBoolean("keepDimensions", options.keepDimensions ?? false);
  const axes = axesOf(options.axes ?? [...shape.keys()], shape.length);
  const isReduced = (axis: number): boolean => axes.includes(axis);
  const kept = shape.map((size, axis) => (isReduced(axis) ? 1 : size));
  return {
    kept,
    shape: keep ? kept : shape.filter((_, axis) => !isReduced(axis)),
    terms: elementCount(axes.map((axis) => shape[axis]!)),
  };
}

/** @throws ConvError if elements of the result are computed from none, where a reduction has no value for that */
export function checkTerms(shape: readonly number[], { shape: result, terms }: Reduced): void {
  if (terms === 0 && elementCount(result) > 0)
    refuse(
      "shape-mismatch",
      "x.shape",
      shape,
      "elements along the reduced axes: nothing has no largest or smallest element",
    );
}
