// Slices of a tensor along an axis: what concatenation joins and splitting makes. Shared by the engine and the reference.
import { refuse, words } from "../../base/error.ts";
import type { Layout } from "../../problem/problem.ts";
import { checkInteger } from "../../base/validate.ts";
import { axisOf } from "../shared/geometry/axis.ts";

export interface ConcatenateOptions {
  /** The axis of the tensors' own shapes along which they are joined, counted from the end where negative; the channels unless given. */
  axis?: number;
}

export interface SplitOptions {
  /** The sizes of the parts along the axis, which add up to that of the tensor. */
  sizes?: readonly number[];
  /** The number of equal parts, instead of their sizes. */
  sections?: number;
  /** The axis of the tensor's own shape that is split, counted from the end where negative; the channels unless given. */
  axis?: number;
}

/** Parts of an array along an axis: where each begins, and its shape. */
export interface Slices {
  readonly axis: number;
  readonly parts: readonly { readonly start: number; readonly shape: number[] }[];
  /** The shape of all of them. */
  readonly shape: number[];
}

/** Parts of given sizes along an axis of a shape. */
function slices(shape: readonly number[], axis: number, sizes: readonly number[]): Slices {
  let start = 0;
  const parts = sizes.map((size) => {
    const part = { start, shape: shape.with(axis, size) };
    start += size;
    return part;
  });
  return { axis, parts, shape: shape.with(axis, start) };
}

/** The shapes of the tensors that are joined, which differ along the axis at most. */
export function joined(shapes: readonly (readonly number[])[], options: ConcatenateOptions, layout: Layout): Slices {
  const [first] = shapes as [readonly number[]];
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
  return slices(
    first,
    axis,
    shapes.map((shape) => shape[axis]!),
  );
}

/** The parts that a shape is split into. */
export function splitOf(
  shape: readonly number[],
  { sizes, sections, axis: given }: SplitOptions,
  layout: Layout,
): Slices {
  const axis = axisOf(given, shape, layout);
  const size = shape[axis]!;
  if (sizes !== undefined && sections !== undefined)
    refuse("invalid-argument", "sections", sections, "none beside sizes");
  if (sections !== undefined) {
    const count = checkInteger("sections", sections, 1);
    if (size % count !== 0) refuse("shape-mismatch", "sections", count, `a divisor of ${size}, the size of the axis`);
    return slices(
      shape,
      axis,
      Array.from({ length: count }, () => size / count),
    );
  }
  if (!Array.isArray(sizes) || sizes.length === 0)
    refuse("invalid-argument", "sizes", sizes, "an array of sizes, or sections");
  const checked = Array.from(sizes as readonly unknown[], (one, at) => checkInteger(`sizes[${at}]`, one, 1));
  const sum = checked.reduce((total, one) => total + one, 0);
  if (sum !== size)
    refuse("shape-mismatch", "sizes", words(`sizes that add up to ${sum}`), `${size}, the size of the axis`);
  return slices(shape, axis, checked);
}

/** How many tensors may be joined or made at once: each is a dispatch. */
export const MAX_PARTS = 1024;

export function checkTensors(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_PARTS)
    refuse("invalid-argument", "tensors", value, `an array of 1 to ${MAX_PARTS} tensors`);
  return Array.from(value as unknown[]);
}
