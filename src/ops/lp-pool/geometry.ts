// The options of Lp pooling, and the signs of its powers.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite } from "../../base/validate.ts";
import { WINDOW_KEYS, type WindowOptions } from "../shared/geometry/windows.ts";

/** The options of `lpPool` and its gradient. */
export interface LpPoolOptions extends WindowOptions {
  /** p, at least 1; 2 by default. */
  norm?: number;
  /**
   * Whether absolute values are raised to the power, as in ONNX; false by default. Then, as in PyTorch, powers of numbers below 0 are
   * negative with odd p and NaN with fractional p, and the root of a negative sum is NaN.
   */
  abs?: boolean;
  /**
   * Whether a window that the end of the input cuts off (`ceilMode`) counts as a whole one, its mean times the cells of a whole window, as in
   * PyTorch; true by default. If false, as in ONNX and WebNN, its sum is that of the cells there.
   */
  scaleCut?: boolean;
}

export const LP_POOL_KEYS = [...WINDOW_KEYS, "norm", "abs", "scaleCut"] as const;

/** The sign of a power: positive, the sign of the number, or NaN for numbers below 0. */
export type Sign = "positive" | "signed" | "undefined";

/** The norm of Lp pooling, and the signs of its powers. */
export interface Norm {
  readonly norm: number;
  /** The sign of x^p. */
  readonly power: Sign;
  /** The sign of x^(p - 1) in the gradient. */
  readonly slope: Sign;
  /** Whether a window that is cut off counts as a whole one. */
  readonly scaleCut: boolean;
}

/** @throws ConvError naming the invalid option */
export function normOf({ norm = 2, abs = false, scaleCut = true }: LpPoolOptions): Norm {
  checkBoolean("scaleCut", scaleCut);
  if (checkFinite("norm", norm) < 1)
    refuse("invalid-argument", "norm", norm, "a finite number of at least 1 (for infinity use maxPool)");
  if (checkBoolean("abs", abs)) return { norm, power: "positive", slope: "signed", scaleCut };
  if (!Number.isInteger(norm)) return { norm, power: "undefined", slope: "undefined", scaleCut };
  const odd = norm % 2 === 1;
  return { norm, power: odd ? "signed" : "positive", slope: odd ? "positive" : "signed", scaleCut };
}
