import { gamma } from "../../src/base/arithmetic.ts";
import { localResponseNorm, localResponseNormBackward } from "../../src/ops/index.ts";
import { type LocalResponseNormOptions, responsesOf } from "../../src/ops/local-response-norm/geometry.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const CASES: readonly { shape: readonly number[]; options: LocalResponseNormOptions }[] = [
  { shape: [2, 7, 9], options: { size: 5, alpha: 0.5 } },
  { shape: [2, 6, 4, 5], options: { size: 3, alpha: 1, beta: 0.6, k: 2 } },
  { shape: [1, 1, 3, 5], options: { size: 9, alpha: 0.5, beta: 0.5 } },
  { shape: [1, 9, 5, 3], options: { size: 4, alpha: 0.25, average: false } },
  { shape: [2, 8, 4, 4], options: { size: 2, alpha: 1, beta: 1, extraChannel: "after" } },
  { shape: [1, 5, 3, 4, 2], options: { size: 11, alpha: 2 } },
];

const u = 2 ** -24;

/**
 * The relative error of powers without logarithms, by WGSL's table of accuracies: inverseSqrt(d) 2 ULP, which are 4 u; 1 / d 2.5 ULP; and
 * inverseSqrt(d) inverseSqrt(sqrt(d)) twice the first, half the error of sqrt, the 9 u of 1 / inverseSqrt(d), and the rounding of the
 * product.
 */
const ROOTS: Readonly<Record<number, number>> = { 0.5: 4 * u, 0.75: 13.5 * u, 1: 5 * u };

/**
 * The relative error of a power d^-beta, for d from 1 to `most`. Other exponents use pow(d, y), which is exp2(y log2(d)) by WGSL's table of
 * accuracies: log2 to 2^-21, or 3 ULP, 6 u, of its size; the product rounds; and exp2 to 3 + 2 |v| ULP. d itself is a sum of positive terms,
 * accurate to `terms` roundings.
 */
function powerError(beta: number, most: number, terms: number): number {
  const own = ROOTS[beta];
  if (own !== undefined) return own + beta * gamma(terms);
  const size = Math.log2(most);
  const exponent = beta * (Math.max(2 ** -21, 6 * u * size) + u * size);
  return Math.LN2 * exponent * 1.01 + (6 + 4 * beta * size) * u + beta * gamma(terms);
}

/** The largest possible divisor, for numbers in [-1, 1). */
function largest(options: LocalResponseNormOptions): number {
  const { before, after, factor, k } = responsesOf(options);
  return k + factor * (before + after + 1);
}

const cases = CASES.flatMap(({ shape, options }): OperationCase<never>[] => {
  const name = `[${shape.join(", ")}], ${Object.entries(options).join(" ").replaceAll(",", " ")}`;
  const { beta = 0.75, size } = options;
  const error = powerError(beta, largest(options), size + 4);
  const forward: OperationCase<"x"> = {
    name: `local response normalisation of ${name}`,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: localResponseNorm(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.localResponseNorm(x, { ...options, layout }) }),
    bound: () => ({ y: (_, expected) => (error + 2 * u) * Math.abs(expected) }),
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradient of local response normalisation of ${name}`,
    inputs: { dy: { shape }, x: { shape } },
    run: ({ dy, x }) => ({ dx: localResponseNormBackward(dy, x, options) }),
    reference: ({ dy, x }, layout) => ({ dx: reference.localResponseNormBackward(dy, x, { ...options, layout }) }),
    // dx = direct - x sum, where both are positive for |dy| and |x|.
    bound: ({ dy, x }, layout) => {
      const sizes = sizesOf(magnitudes(dy), magnitudes(x), { ...options, layout });
      // The power, the quotient by the divisor (5 u and its own roundings), and the sum over a window.
      return { dx: (at) => (error + gamma(2 * size + 20)) * sizes[at]! };
    },
  };
  return [forward, backward];
});

/** |direct| + |x| times the sum of the sizes of the shares, given the sizes of dy and x: twice the first minus the gradient, their difference. */
function sizesOf(
  dy: NdArray,
  x: NdArray,
  options: LocalResponseNormOptions & { layout: "channels-first" | "channels-last" },
): Float64Array {
  // direct is dy d^-beta, and d^-beta is y / x.
  const y = reference.localResponseNorm(x, options).data;
  const difference = reference.localResponseNormBackward(dy, x, options).data;
  return difference.map((value, at) => {
    const power = x.data[at] === 0 ? 1 : y[at]! / x.data[at]!;
    return 2 * dy.data[at]! * power - value;
  });
}

testOperations(cases);
