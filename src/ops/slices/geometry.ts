// Slices of a tensor along an axis, which concatenation joins and splitting returns. Shared by the engine and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkInteger } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { axisOf } from "../shared/geometry/axis.ts";
import { type StridedCopy, startingAt, wholeView } from "../shared/geometry/strided.ts";

/** The options of `concatenate`. */
export interface ConcatenateOptions {
  /** The axis, in the shape of the tensors, along which they are joined; counted from the end if negative, the channels by default. */
  axis?: number;
}

/** The options of `split`: either `sizes` or `sections`. */
export interface SplitOptions {
  /** The sizes of the slices along the axis, which add up to the size of the tensor. */
  sizes?: readonly number[];
  /** The number of equal slices, instead of `sizes`. */
  sections?: number;
  /** The axis, in the shape of the tensor, that is split; counted from the end if negative, the channels by default. */
  axis?: number;
}

/** Consecutive slices of an array along an axis. */
export interface Slices {
  readonly axis: number;
  readonly slices: readonly {
    readonly shape: number[];
    /** The copy of the slice out of the array. */
    readonly copy: StridedCopy;
  }[];
  /** The shape of the array. */
  readonly shape: number[];
}

/** Slices of given sizes along an axis of a shape. */
function slicesOf(shape: readonly number[], axis: number, sizes: readonly number[]): Slices {
  const all = shape.with(
    axis,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const view = wholeView(all);
  let start = 0;
  const slices = sizes.map((size) => {
    const own = shape.with(axis, size);
    const copy = { sizes: own, from: startingAt(view, axis, start), to: wholeView(own) };
    start += size;
    return { shape: own, copy };
  });
  return { axis, slices, shape: all };
}

/** Refuses a scalar, which has no axis to join or to split. */
function checkAxes(argument: string, shape: readonly number[]): void {
  if (shape.length === 0) refuse("shape-mismatch", `${argument}.shape`, shape, "at least one axis");
}

/**
 * Tensors as slices of their concatenation.
 * @throws ConvError if shapes differ along another axis
 */
export function concatenationOf(
  shapes: readonly (readonly number[])[],
  options: ConcatenateOptions,
  layout: Layout,
): Slices {
  const [first] = shapes as [readonly number[]];
  checkAxes("tensors[0]", first);
  const axis = axisOf(options.axis, first, layout);
  shapes.forEach((shape, at) => {
    const fits = shape.length === first.length && shape.every((size, other) => other === axis || size === first[other]);
    if (!fits)
      refuse(
        "shape-mismatch",
        `tensors[${at}].shape`,
        shape,
        `[${first.map((size, other) => (other === axis ? "any" : size)).join(", ")}], as tensors[0]`,
      );
  });
  return slicesOf(
    first,
    axis,
    shapes.map((shape) => shape[axis]!),
  );
}

/** The slices that a shape is split into. */
export function splitOf(
  shape: readonly number[],
  { sizes, sections, axis: given }: SplitOptions,
  layout: Layout,
): Slices {
  checkAxes("x", shape);
  const axis = axisOf(given, shape, layout);
  const size = shape[axis]!;
  if (sizes !== undefined && sections !== undefined)
    refuse("invalid-argument", "sections", sections, "none beside sizes");
  if (sections !== undefined) {
    const count = checkInteger("sections", sections, 1);
    if (size % count !== 0) refuse("shape-mismatch", "sections", count, `a divisor of ${size}, the size of the axis`);
    return slicesOf(
      shape,
      axis,
      Array.from({ length: count }, () => size / count),
    );
  }
  if (!Array.isArray(sizes) || sizes.length === 0)
    refuse("invalid-argument", "sizes", sizes, "an array of sizes, or sections");
  const checked = Array.from(sizes as readonly unknown[], (one, at) => checkInteger(`sizes[${at}]`, one, 0));
  const sum = checked.reduce((total, one) => total + one, 0);
  if (sum !== size)
    refuse("shape-mismatch", "sizes", words(`sizes that add up to ${sum}`), `${size}, the size of the axis`);
  return slicesOf(shape, axis, checked);
}

/** Checks the list of tensors to be joined, not the tensors. */
export function checkTensorList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    refuse("invalid-argument", "tensors", value, "an array of at least one tensor");
  return Array.from(value as unknown[]);
}
