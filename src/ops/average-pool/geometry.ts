// What the sums of average pooling are divided by.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite } from "../../base/validate.ts";
import { WINDOW_KEYS, type WindowOptions } from "../shared/geometry/windows.ts";

export interface AveragePoolOptions extends WindowOptions {
  /** Whether a window's mean counts its cells in the padding too, as zeros; true unless given, as in PyTorch (ONNX: false). */
  includePadding?: boolean;
  /** What each sum is divided by instead of the cells of its window. */
  divisor?: number;
}

export interface AveragePoolBackwardOptions extends AveragePoolOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

/** What each sum is divided by: the divisor where it is not 0, else the cells. */
export interface Averaging {
  readonly includePadding: boolean;
  readonly divisor: number;
}

export const AVERAGE_POOL_KEYS = [...WINDOW_KEYS, "includePadding", "divisor"];

export function averagingOf({ includePadding, divisor }: AveragePoolOptions): Averaging {
  if (divisor !== undefined && checkFinite("divisor", divisor) <= 0)
    refuse("invalid-argument", "divisor", divisor, "a number above 0");
  return { includePadding: checkBoolean("includePadding", includePadding ?? true), divisor: divisor ?? 0 };
}
