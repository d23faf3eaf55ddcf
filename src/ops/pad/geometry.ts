// The cells of a padded tensor and of its gradient. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkFinite, checkInteger, checkOneOf } from "../../base/validate.ts";
import { PADDING_MODES, type PaddingMode } from "../../problem/padding.ts";
import { type StridedCopy, type View, wholeView } from "../shared/geometry/strided.ts";

/** The options of `pad`, by the names that `conv` has for them. */
export interface PadOptions {
  /** Cells before and after each axis of x; negative numbers crop. */
  padding: readonly (readonly [begin: number, end: number])[];
  /** The values beyond the border, "zeros" unless given. */
  paddingMode?: PaddingMode;
  /** The constant beyond the border, with paddingMode "zeros"; 0 unless given. */
  paddingValue?: number;
}

export const PAD_KEYS = ["padding", "paddingMode", "paddingValue"];

/** A padded tensor. */
export interface Padded {
  readonly mode: PaddingMode;
  readonly value: number;
  /** [begin, end] of each axis. */
  readonly padding: readonly (readonly [number, number])[];
  /** The shape of the result. */
  readonly shape: number[];
}

/** @throws ConvError naming the invalid option */
export function paddedOf(shape: readonly number[], options: PadOptions): Padded {
  const mode = checkOneOf("paddingMode", options.paddingMode ?? "zeros", PADDING_MODES);
  const value = checkFinite("paddingValue", options.paddingValue ?? 0);
  if (value !== 0 && mode !== "zeros")
    refuse("invalid-argument", "paddingValue", value, `0 or none with paddingMode "${mode}"`);
  const given: unknown = options.padding;
  if (!Array.isArray(given) || given.length !== shape.length)
    refuse("shape-mismatch", "padding", given, `${shape.length} [begin, end] pairs, one for each axis of x`);
  const padding = Array.from(given, (pair: unknown, axis): [number, number] => {
    if (!Array.isArray(pair) || pair.length !== 2)
      refuse("shape-mismatch", `padding[${axis}]`, pair, "a [begin, end] pair");
    const [begin, end] = [0, 1].map((side) =>
      checkInteger(`padding[${axis}][${side}]`, (pair as unknown[])[side], -shape[axis]!),
    ) as [number, number];
    if (shape[axis]! + begin + end < 0)
      refuse("empty-output", `padding[${axis}]`, pair, `crops of at most the ${shape[axis]} cells of the axis`);
    if (mode !== "zeros" && shape[axis] === 0 && Math.max(begin, end) > 0)
      refuse("invalid-argument", `padding[${axis}]`, pair, `0 with paddingMode "${mode}" on an axis without cells`);
    return [begin, end];
  });
  return { mode, value, padding, shape: shape.map((size, axis) => size + padding[axis]![0] + padding[axis]![1]) };
}

/** The copy of what a padded tensor has of x, back to its place in x. */
export function remainderOf(shape: readonly number[], { padding, shape: padded }: Padded): StridedCopy {
  const [from, to] = [wholeView(padded), wholeView(shape)];
  const startIn = ({ strides }: View, cellOf: (begin: number) => number): View => ({
    start: strides.reduce((start, stride, axis) => start + cellOf(padding[axis]![0]) * stride, 0),
    strides,
  });
  return {
    sizes: shape.map((size, axis) => padding[axis]!.reduce((left, cells) => left + Math.min(cells, 0), size)),
    from: startIn(from, (begin) => Math.max(begin, 0)),
    to: startIn(to, (begin) => Math.max(-begin, 0)),
  };
}

/** An axis along which a padded gradient is folded: each cell sums the cells that repeat it. */
export interface Fold {
  readonly outer: number;
  /** Cells of the axis before folding and after. */
  readonly padded: number;
  readonly size: number;
  readonly inner: number;
  readonly begin: number;
}

/** The axes to fold, innermost first, so that each fold sees the outer ones still padded. Axes without padding need none. */
export function foldsOf(shape: readonly number[], { padding, shape: padded }: Padded): Fold[] {
  return shape
    .flatMap((size, axis): Fold[] => {
      const [begin, end] = padding[axis]!;
      if (begin === 0 && end === 0) return [];
      const inner = elementCount(shape.slice(axis + 1));
      return [{ outer: elementCount(padded.slice(0, axis)), padded: padded[axis]!, size, inner, begin }];
    })
    .toReversed();
}
