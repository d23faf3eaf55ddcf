// The error bound of a result, element by element. Nothing here is fitted: each constant is derived where it stands.
import type { Activation } from "../../src/activation.ts";
import { type ConvProblem, sumLength } from "../../src/problem.ts";
import { activate, forwardSum } from "../../src/reference/index.ts";

/** Unit roundoff of float32. */
const u = 2 ** -24;

/** gamma_n of Higham, Accuracy and Stability of Numerical Algorithms, section 3.1. */
export function gamma(n: number): number {
  return (n * u) / (1 - n * u);
}

/** The largest slope of an activation: how much it can magnify the error of its argument. */
function slope({ name, parameter }: Activation): number {
  switch (name) {
    case "sigmoid":
      return 0.25;
    case "silu":
      return 1.1; // the largest derivative of v sigmoid(v) is 1.0998, at v = 2.4
    case "gelu":
      return 1.13; // and that of gelu 1.1290, at v = sqrt 2
    case "hardswish":
      return 1.5; // (2 v + 3) / 6 at v = 3
    case "leaky-relu":
    case "elu":
      return Math.max(1, Math.abs(parameter));
    default:
      return 1;
  }
}

/**
 * The error of evaluating the activation itself, from WGSL's accuracy table: exp is good to 3 + 2 |v| ULP and a division to
 * 2.5, an ULP being at most 2 u. (6 + 4 |v|) u exp(-|v|) is at most 6 u, so what is built on exp(-|v|) alone errs by under 16 u.
 */
function evaluation({ name, parameter }: Activation, v: number): number {
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
    case "hardswish":
      return 8 * u * Math.abs(activate({ name, parameter }, v)) + 4 * u * size;
  }
}

export interface Operands {
  x: ArrayLike<number>;
  w: ArrayLike<number>;
  bias?: Float32Array;
  residual?: Float32Array;
}

/** The sum before the activation, bias and residual included, of any operands. */
function preActivation(problem: ConvProblem, { x, w, bias, residual }: Operands): Float64Array {
  const sums = forwardSum(problem, x, w);
  const outputs = sums.length / problem.N / problem.K;
  const last = problem.layout === "channels-last";
  return sums.map((sum, at) => {
    const channel = last ? at % problem.K : Math.floor(at / outputs) % problem.K;
    return sum + (bias?.[channel] ?? 0) + (residual?.[at] ?? 0);
  });
}

const magnitudes = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, Math.abs);

/**
 * The most by which each output may differ from the float64 reference:
 * slope * growth * gamma_(n + 2) * (conv(|x|, |w|) + |bias| + |residual|) + evaluation, the 2 for bias and residual.
 */
export function errorBounds(problem: ConvProblem, operands: Operands, growth: number): Float64Array {
  const { bias, residual } = operands;
  const absolute: ConvProblem = { ...problem, paddingValue: Math.abs(problem.paddingValue) };
  const sizes = preActivation(absolute, {
    x: magnitudes(operands.x),
    w: magnitudes(operands.w),
    ...(bias ? { bias: bias.map(Math.abs) } : {}),
    ...(residual ? { residual: residual.map(Math.abs) } : {}),
  });
  const values = preActivation(problem, operands);
  const { activation } = problem.epilogue;
  const factor = slope(activation) * growth * gamma(sumLength(problem) + 2);
  return sizes.map((size, at) => factor * size + evaluation(activation, values[at]!));
}
