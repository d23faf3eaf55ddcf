// Padding: the forms in which callers give it, and what each mode repeats beyond the border.
import { refuse } from "../base/error.ts";
import { fullPadding, samePadding } from "../base/shape.ts";
import { MAX_ELEMENTS, checkOneOf, checkPerAxis } from "../base/validate.ts";

export const PADDING_MODES = ["zeros", "reflect", "replicate", "circular", "symmetric"] as const;
export type PaddingMode = (typeof PADDING_MODES)[number];

const NAMED_PADDINGS = ["valid", "same", "same-lower", "full"] as const;

/** A number for all axes, one for each axis, a [begin, end] pair for each axis, or a name. Negative numbers crop the input. */
export type Padding =
  | number
  | readonly number[]
  | readonly (readonly [number, number])[]
  | (typeof NAMED_PADDINGS)[number];

/**
 * Returns padding of any accepted form as [begin, end] for each axis.
 * @throws ConvError naming the invalid field
 */
export function resolvePadding(
  option: unknown,
  input: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): [number, number][] {
  const rank = input.length;
  if (typeof option === "string") {
    const name = checkOneOf("padding", option, NAMED_PADDINGS);
    return input.map((size, axis) => {
      if (name === "valid") return [0, 0];
      if (name === "full") return fullPadding(kernel[axis]!, dilation[axis]!);
      const [less, more] = samePadding(size, kernel[axis]!, stride[axis]!, dilation[axis]!);
      return name === "same" ? [less, more] : [more, less];
    });
  }
  if (Array.isArray(option) && option.some((item) => Array.isArray(item))) {
    if (option.length !== rank)
      refuse("shape-mismatch", "padding", option, `${rank} [begin, end] pairs, one for each spatial axis`);
    return Array.from(option, (pair: unknown, axis) => {
      if (!Array.isArray(pair) || pair.length !== 2)
        refuse("shape-mismatch", `padding[${axis}]`, pair, "a [begin, end] pair");
      return checkPerAxis(`padding[${axis}]`, pair, 2, -MAX_ELEMENTS) as [number, number];
    });
  }
  return checkPerAxis("padding", option ?? 0, rank, -MAX_ELEMENTS).map((pad) => [pad, pad]);
}

/**
 * Cells of the border on either side of an axis in which no input cell is repeated twice: those of one image of the input. The images follow
 * each other; with "reflect" neighbouring ones share their border cell.
 */
export function imageCells(mode: PaddingMode, size: number): number {
  if (mode === "zeros" || mode === "replicate") return Infinity;
  return Math.max(1, mode === "reflect" ? size - 1 : size);
}
