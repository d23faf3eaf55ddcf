// The options of division by a norm, checked. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { checkFinite } from "../../base/validate.ts";

/** The options of `lpNormalize` and its gradient. */
export interface LpNormalizeOptions {
  /** 2: the root of the sum of the squares; 1: the sum of the magnitudes. Default: 2. */
  p?: 1 | 2;
  /** The axis, in the shape of the tensor, along which the norm is; counted from the end if negative. Default: the channels. */
  axis?: number;
  /** The least number that is divided by. Default: 1e-12. */
  epsilon?: number;
}

export const LP_NORMALIZE_KEYS = ["p", "axis", "epsilon"];

/** The smallest normal number of float32, below which an epsilon has no inverse. */
const LEAST = 2 ** -126;

/**
 * Checks the norm, and returns the largest number that x is multiplied by.
 * @throws ConvError naming the invalid option
 */
export function checkNorm({ p = 2, epsilon = 1e-12 }: LpNormalizeOptions): { norm: 1 | 2; limit: number } {
  if (p !== 1 && p !== 2) refuse("invalid-argument", "p", p, "1 or 2");
  const least = checkFinite("epsilon", epsilon);
  if (least < 0) refuse("invalid-argument", "epsilon", epsilon, "a number of at least 0");
  return { norm: p, limit: 1 / Math.max(least, LEAST) };
}
