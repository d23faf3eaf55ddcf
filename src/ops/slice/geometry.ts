// The elements that a slice takes. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { MAX_ELEMENTS, checkInteger } from "../../base/validate.ts";
import { axesOf } from "../shared/geometry/axis.ts";
import { type StridedCopy, wholeView } from "../shared/geometry/strided.ts";

/** The options of `slice`: lists with one entry for each axis of `axes`. */
export interface SliceOptions {
  /** The first cell along each axis; counted from the end if negative. */
  starts: readonly number[];
  /** The cell before which each axis ends (after which, with a negative step); counted from the end if negative. */
  ends: readonly number[];
  /** The distance between cells, 1 unless given; the axis is read backwards if it is negative. */
  steps?: readonly number[];
  /** The axes, counted from the end if negative; the first ones by default. The others are taken whole. */
  axes?: readonly number[];
}

export const SLICE_KEYS = ["starts", "ends", "steps", "axes"];

/** The copy of a slice out of a tensor, and the shape of the slice. */
export interface Slice {
  readonly copy: StridedCopy;
  readonly shape: number[];
}

/**
 * The slice of a shape. Starts and ends beyond the border are moved to it, as in Python and in ONNX.
 * @throws ConvError naming the invalid option
 */
export function sliceOf(shape: readonly number[], { starts, ends, steps, axes }: SliceOptions): Slice {
  const rank = shape.length;
  if (!Array.isArray(starts) || starts.length > rank)
    refuse("invalid-argument", "starts", starts, `an array of at most ${rank} integers, one for each axis`);
  const listOf = (argument: string, value: unknown, check: (name: string, one: unknown) => number): number[] => {
    if (!Array.isArray(value) || value.length !== starts.length)
      refuse("invalid-argument", argument, value, `an array of ${starts.length} integers, as many as starts`);
    return Array.from(value, (one: unknown, at) => check(`${argument}[${at}]`, one));
  };
  const first = listOf("starts", starts, checkCell);
  const last = listOf("ends", ends, checkCell);
  const step = listOf("steps", steps ?? first.map(() => 1), (name, one) => checkInteger(name, one, -MAX_ELEMENTS));
  const along = axesOf(
    listOf("axes", axes ?? [...first.keys()], (_, one) => one as number),
    rank,
  );
  const view = wholeView(shape);
  let { start } = view;
  const strides = [...view.strides];
  const sizes = [...shape];
  along.forEach((axis, at) => {
    const size = shape[axis]!;
    const stride = step[at]!;
    if (stride === 0) refuse("invalid-argument", `steps[${at}]`, 0, "a step other than 0");
    // The cells from which and to which a slice may go: backwards it may end before the first.
    const [least, most] = stride > 0 ? [0, size] : [-1, size - 1];
    const clamped = (cell: number): number => Math.min(Math.max(cell < 0 ? cell + size : cell, least), most);
    const begin = clamped(first[at]!);
    const cells = Math.max(Math.ceil((clamped(last[at]!) - begin) / stride), 0);
    sizes[axis] = cells;
    if (cells > 0) start += begin * view.strides[axis]!;
    strides[axis] = stride * view.strides[axis]!;
  });
  return { copy: { sizes, from: { start, strides }, to: wholeView(sizes) }, shape: sizes };
}

/** Checks for an integer of any size, or an infinity: what lies beyond the border is moved to it. */
function checkCell(argument: string, value: unknown): number {
  if (typeof value !== "number" || !(Number.isInteger(value) || Math.abs(value) === Infinity))
    refuse("invalid-argument", argument, value, "an integer");
  return value;
}
