// The error bound of a result, element by element. No constant is fitted: each has its derivation beside it.
import type { ErrorBound } from "../../src/algorithms/algorithm.ts";
import { gamma } from "../../src/base/arithmetic.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import type { Triple } from "../../src/base/shape.ts";
import { type ConvProblem } from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import { activationValue, backwardData, backwardWeights, forwardSum } from "../../src/reference.ts";
import { derivativeError, evaluation, slope } from "./activation-errors.ts";
import { NO_SPREAD, correlationSums, energySums, spreadSums } from "./error-spread.ts";
import { FACTORS, type Operands, factorsOf } from "./passes.ts";

/**
 * The error of storing a value computed in float32 that differs from `reference` by at most `bound`. Rounding to a half errs by at most 2^-11
 * of the value, which is at most |reference| + bound, and by at most 2^-25, half the spacing, if it is subnormal. This assumes rounding to
 * nearest, as every tested adapter does; WGSL promises only one of the two neighbours.
 */
export function storing(dtype: Dtype, reference: number, bound: number): number {
  return dtype === "f32" ? 0 : 2 ** -11 * (Math.abs(reference) + bound) + 2 ** -25;
}

/** Adds the bias and the residual to sums. */
function preActivation(
  problem: ConvProblem,
  sums: Float64Array,
  { bias, residual }: Pick<Operands, "bias" | "residual">,
): Float64Array {
  const channels = problem.pass === "backward-data" ? problem.C : problem.K;
  const cells = sums.length / problem.N / channels;
  const last = problem.layout === "channels-last";
  return sums.map((sum, at) => {
    const channel = last ? at % channels : Math.floor(at / cells) % channels;
    return sum + (bias?.[channel] ?? 0) + (residual?.[at] ?? 0);
  });
}

const magnitudes = (values: ArrayLike<number>): Float64Array<ArrayBuffer> => Float64Array.from(values, Math.abs);

/** The sums of the pass, without its epilogue. */
function plainSums(problem: ConvProblem, a: Float64Array, b: Float64Array): Float64Array {
  if (problem.pass === "forward") return forwardSum(problem, a, b);
  return problem.pass === "backward-data" ? backwardData(problem, a, b) : backwardWeights(problem, a, b);
}

/** The error of the sums due to that of an activation's derivative: the sums of |gradient| times the derivative's error. */
function gradientErrors(problem: ConvProblem, operands: Operands): Float64Array | undefined {
  const by = problem.activationGradient;
  if (!by) return undefined;
  const values = (by.from === "output" ? operands.output : operands.preActivation)!;
  const [a, b] = FACTORS[problem.pass].map((name) => {
    const size = magnitudes(operands[name]!);
    return name === by.operand ? size.map((one, at) => one * derivativeError(by.activation, values[at]!)) : size;
  });
  return plainSums({ ...problem, paddingValue: Math.abs(problem.paddingValue) }, a!, b!);
}

/**
 * The largest allowed difference of each element from the float64 reference:
 * slope * growth * gamma_(n + 2) * (sum |a| |b| + |bias| + |residual|) + evaluation + storing. The 2 is for bias and residual; where one factor
 * is first multiplied by a derivative it is 3, plus the derivative's own error. Where the algorithm's errors spread, sum |a| |b| is the largest
 * such sum within their reach, or is computed from the energy there. Algorithms in half precision state the growth for n = `terms`.
 */
export function errorBounds(
  problem: ConvProblem,
  operands: Operands,
  growth: number,
  spread: Triple = NO_SPREAD,
  norm: ErrorBound["norm"] = "windows",
  terms = sumLength(problem),
): Float64Array {
  const { bias, residual } = operands;
  const absolute: ConvProblem = { ...problem, paddingValue: Math.abs(problem.paddingValue) };
  const [a, b] = factorsOf(problem, operands);
  const spreads = spread.some((extent) => extent > 0);
  const sumsOf = norm === "energy" ? energySums : spreadSums;
  const largest = spreads
    ? correlationSums(absolute, magnitudes(a), magnitudes(b), (one, x, w) => sumsOf(one, x, w, spread))
    : plainSums(absolute, magnitudes(a), magnitudes(b));
  const sizes = preActivation(absolute, largest, {
    ...(bias ? { bias: bias.map(Math.abs) } : {}),
    ...(residual ? { residual: residual.map(Math.abs) } : {}),
  });
  const values = preActivation(problem, plainSums(problem, a, b), operands);
  const derivative = gradientErrors(problem, operands);
  const { activation } = problem.epilogue;
  const factor = slope(activation) * growth * gamma(terms + (derivative ? 3 : 2));
  return Float64Array.from(sizes, (size, at) => {
    const bound =
      factor * size + 1.01 * slope(activation) * (derivative?.[at] ?? 0) + evaluation(activation, values[at]!);
    return bound + storing(problem.dtype, activationValue(activation, values[at]!), bound);
  });
}
