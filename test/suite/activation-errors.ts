// The errors of activations and their derivatives, derived from WGSL's accuracy table.
import { UNIT_ROUNDOFF } from "../../src/base/arithmetic.ts";
import type { Activation } from "../../src/problem/activation.ts";
import { activationValue } from "../../src/reference.ts";

const u = UNIT_ROUNDOFF;

/** The largest slope of an activation: how much it can magnify the error of its argument. */
export function slope({ name, parameter }: Activation): number {
  switch (name) {
    case "sigmoid":
      return 0.25;
    case "silu":
      return 1.1; // the largest derivative of v sigmoid(v) is 1.0998, at v = 2.4
    case "gelu":
      return 1.13; // and that of gelu 1.1290, at v = sqrt 2
    case "hard-swish":
      return 1.5; // (2 v + 3) / 6 at v = 3
    case "leaky-relu":
    case "elu":
      return Math.max(1, Math.abs(parameter));
    default:
      return 1;
  }
}

/**
 * The error of evaluating the activation itself, from WGSL's accuracy table: exp is accurate to 3 + 2 |v| ULP and division to 2.5, where an ULP
 * is at most 2 u. (6 + 4 |v|) u exp(-|v|) is at most 6 u, so functions of exp(-|v|) alone err by less than 16 u.
 */
export function evaluation({ name, parameter }: Activation, v: number): number {
  const size = Math.abs(v);
  switch (name) {
    case "none":
    case "relu":
    case "relu6":
      return 0;
    case "leaky-relu":
      return u * Math.abs(parameter * v);
    case "sigmoid":
    case "tanh":
      return 16 * u;
    case "silu":
      return 16 * u * size;
    case "gelu":
      // Half the 1.5e-7 of the polynomial for erf, and the rounding of its alternating terms, whose sizes add up to 5.
      return size * (0.75e-7 + 16 * u);
    case "elu":
      return 16 * u * Math.abs(parameter);
    case "hard-swish":
      return 8 * u * Math.abs(activationValue({ name, parameter }, v)) + 4 * u * size;
  }
}

/**
 * The error of evaluating the derivative of an activation at v: that of the built-in functions, as in `evaluation`, of a few products and sums,
 * and for gelu of the polynomial for erf (1.5e-7 / 2).
 */
export function derivativeError({ name }: Activation, v: number): number {
  if (["relu", "relu6", "leaky-relu"].includes(name)) return 0;
  return 32 * u * (1 + Math.abs(v)) + (name === "gelu" ? 0.75e-7 : 0);
}
