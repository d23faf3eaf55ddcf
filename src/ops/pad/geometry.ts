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

/** Whether the padding of some axis is as long as the axis, or crops it all. */
export function reachesRound(shape: readonly number[], padding: Padded["padding"]): boolean {
  return padding.some(([begin, end], axis) => Math.max(Math.abs(begin), end) >= shape[axis]!);
}

/** An axis of a padded gradient: its cells after folding and before, and the cells before the first one. */
interface Folded {
  readonly size: number;
  readonly padded: number;
  readonly begin: number;
}

/** Two axes along which a padded gradient is folded: each cell sums the cells that repeat it. The first one may have a single cell. */
export interface Fold {
  readonly outer: number;
  readonly first: Folded;
  /** The elements between neighbouring cells, in cells of the second axis, and in elements. */
  readonly between: number;
  readonly second: Folded;
  readonly inner: number;
}

/** The most copies of a cell that are added at once: where borders are longer, their corners are folded along one axis after the other. */
const MAX_COPIES = 64;

const NO_AXIS: Folded = { size: 1, padded: 1, begin: 0 };

/** The axes to fold, innermost first, so that each fold sees the outer ones still padded. Axes without padding need none. */
export function foldsOf(shape: readonly number[], { mode, padding, shape: padded }: Padded): Fold[] {
  const foldedOf = (axis: number): Folded => ({ size: shape[axis]!, padded: padded[axis]!, begin: padding[axis]![0] });
  const copiesOf = (axis: number): number => {
    const most = Math.max(...padding[axis]!, 0);
    return mode === "replicate" ? most + 1 : 2 * Math.ceil(padded[axis]! / Math.max(shape[axis]! - 1, 1));
  };
  const axes = shape.flatMap((_, axis) => (padding[axis]!.some((cells) => cells !== 0) ? [axis] : []));
  const folds: Fold[] = [];
  for (let second = axes.pop(); second !== undefined; second = axes.pop()) {
    const next = axes.at(-1);
    const together = next !== undefined && copiesOf(next) * copiesOf(second) <= MAX_COPIES;
    const first = together ? axes.pop() : undefined;
    folds.push({
      outer: elementCount(padded.slice(0, first ?? second)),
      first: first === undefined ? NO_AXIS : foldedOf(first),
      between: first === undefined ? 1 : elementCount(shape.slice(first + 1, second)),
      second: foldedOf(second),
      inner: elementCount(shape.slice(second + 1)),
    });
  }
  return folds;
}
