// The norms of Lp pooling. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite } from "../../base/validate.ts";
import { WINDOW_KEYS, type WindowOptions } from "../shared/geometry/windows.ts";

export interface LpPoolOptions extends WindowOptions {
  /** p, at least 1; 2 unless given. */
  norm?: number;
  /**
   * Whether sizes are raised to the power, as in ONNX; false unless given: as in PyTorch numbers are, so that with odd p those below 0 take
   * away from the sum, a sum below 0 has no root but NaN, and with p that is no integer numbers below 0 are NaN.
   */
  abs?: boolean;
}

export const LP_POOL_KEYS = [...WINDOW_KEYS, "norm", "abs"] as const;

/** What becomes of the signs of powers: sizes only, the signs of the numbers, or NaN for what is below 0. */
export type Sign = "positive" | "signed" | "undefined";

export interface Norm {
  readonly norm: number;
  /** Of x^p, and of x^(p - 1) in the gradient. */
  readonly power: Sign;
  readonly slope: Sign;
}

export function normOf({ norm = 2, abs = false }: LpPoolOptions): Norm {
  if (checkFinite("norm", norm) < 1)
    refuse("invalid-argument", "norm", norm, "a number of at least 1 (that of infinity is maxPool's)");
  if (checkBoolean("abs", abs)) return { norm, power: "positive", slope: "signed" };
  if (!Number.isInteger(norm)) return { norm, power: "undefined", slope: "undefined" };
  return norm % 2 === 1 ? { norm, power: "signed", slope: "positive" } : { norm, power: "positive", slope: "signed" };
}
