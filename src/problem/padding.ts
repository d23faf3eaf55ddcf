// Padding: the forms in which callers give it, and the limits of each mode.
import { refuse } from "../base/error.ts";
import { fullPadding, samePadding } from "../base/shape.ts";
import { checkInteger, checkOneOf, checkPerAxis } from "../base/validate.ts";

export const PADDING_MODES = ["zeros", "reflect", "replicate", "circular"] as const;
export type PaddingMode = (typeof PADDING_MODES)[number];

const NAMED_PADDINGS = ["valid", "same", "full"] as const;

/** A number for all axes, one for each axis, a [begin, end] pair for each axis, or a name. */
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
      if (name === "same") return samePadding(size, kernel[axis]!, stride[axis]!, dilation[axis]!);
      return name === "full" ? fullPadding(kernel[axis]!, dilation[axis]!) : [0, 0];
    });
  }
  if (Array.isArray(option) && option.some((item) => Array.isArray(item))) {
    if (option.length !== rank)
      refuse("shape-mismatch", "padding", option, `${rank} [begin, end] pairs, one for each spatial axis`);
    return Array.from(option, (pair: unknown, axis) => {
      if (!Array.isArray(pair) || pair.length !== 2)
        refuse("shape-mismatch", `padding[${axis}]`, pair, "a [begin, end] pair");
      return [checkInteger(`padding[${axis}][0]`, pair[0], 0), checkInteger(`padding[${axis}][1]`, pair[1], 0)];
    });
  }
  return checkPerAxis("padding", option ?? 0, rank, 0).map((pad) => [pad, pad]);
}

/** @throws ConvError if padding reflects or wraps further than the input reaches (PyTorch's limits) */
export function checkPaddingMode(mode: PaddingMode, pads: readonly [number, number][], input: readonly number[]): void {
  if (mode === "zeros" || mode === "replicate") return;
  pads.forEach((pair, axis) => {
    const most = mode === "reflect" ? input[axis]! - 1 : input[axis]!;
    if (Math.max(...pair) > most)
      refuse(
        "invalid-argument",
        `padding[${axis}]`,
        pair,
        `at most ${most} with paddingMode "${mode}" on ${input[axis]} cells`,
      );
  });
}
