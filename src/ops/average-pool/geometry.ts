// The options of average pooling, and the divisors of its sums.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite } from "../../base/validate.ts";
import { WINDOW_KEYS, type WindowOptions } from "../shared/geometry/windows.ts";

/** The options of `averagePool`. */
export interface AveragePoolOptions extends WindowOptions {
  /** Whether means count cells in the padding, as zeros; true by default, as in PyTorch (ONNX: false). */
  includePadding?: boolean;
  /** The divisor of every sum, instead of the number of cells of its window. */
  divisor?: number;
}

/** The options of `averagePoolBackward`. */
export interface AveragePoolBackwardOptions extends AveragePoolOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

/** The divisor of every sum, or 0 for the number of cells of its window. */
export interface Averaging {
  readonly includePadding: boolean;
  readonly divisor: number;
}

export const AVERAGE_POOL_KEYS = [...WINDOW_KEYS, "includePadding", "divisor"];

/** @throws ConvError naming the invalid option */
export function averagingOf({ includePadding, divisor }: AveragePoolOptions): Averaging & { mayBeEmpty: boolean } {
  if (divisor !== undefined && checkFinite("divisor", divisor) <= 0)
    refuse("invalid-argument", "divisor", divisor, "a number above 0");
  // A window of no cells has no mean if its cells are counted.
  const padded = checkBoolean("includePadding", includePadding ?? true);
  return { includePadding: padded, divisor: divisor ?? 0, mayBeEmpty: padded || divisor !== undefined };
}
