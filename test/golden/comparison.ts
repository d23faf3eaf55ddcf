// Comparison with PyTorch's results: the gradients of a case by the reference, and the largest difference between two sides that round to a
// precision.
import { expect } from "vitest";
import { type Activation, checkActivation } from "../../src/problem/activation.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import * as reference from "../../src/reference.ts";
import type { Float64NdArray, NdArray, ReferenceActivationGradientOptions } from "../../src/reference.ts";
import type { GoldenCase, GoldenTensor } from "./golden.ts";

/** Unit roundoffs. */
export const ROUNDOFF = { float64: 2 ** -53, float32: 2 ** -24 };

/**
 * The largest difference of activation(s) or its derivative between the two sides, in units of u max(1, |parameter|) (1 + |s|). Both
 * evaluate them at the same s, as s is exact. An error of exp, erf or erfc is multiplied by s at most. Reference: erfc to 4e-15 of itself
 * (src/reference/erf.ts), which is 36 u; exp, expm1 and tanh to an ulp, 2 u, and another six roundings; s^2 / 2 in the exponent
 * rounds to s^2 u of the exponential, which is s^2 exp(-s^2 / 2) < 1. PyTorch: exp, erf and tanh to an ulp or two, 4 u, and as many
 * roundings; its 1 + erf, 1 - tanh^2 and exp - 1 cancel, but the error remains relative to 1, not to the difference. Together under 64. In
 * float32 the kernels are held to the same number: WGSL bounds exp by 3 + 2 |v| ulp of a result that shrinks faster, and the polynomial for
 * erf to 1.5e-7, 2.5 u.
 */
export const EVALUATION = 64;

/** A bound on the magnitude of the activation and of its derivative at s, and of every term of their formulas. */
export function scale({ parameter }: Activation, s: number): number {
  return Math.max(1, Math.abs(parameter)) * (1 + Math.abs(s));
}

/** A tensor or a shape of a case. @throws Error if the case has none */
export function given<Key extends "x" | "w" | "dy" | "inputShape" | "kernelShape">(
  golden: GoldenCase,
  key: Key,
): NonNullable<GoldenCase[Key]> {
  const value = golden[key];
  if (value === undefined) throw new Error(`${golden.name} has no ${key}`);
  return value;
}

export function map({ data, shape }: NdArray, change: (value: number, index: number) => number): GoldenTensor {
  return { data: Array.from(data, change), shape: [...shape] };
}

/** The geometry among the options of a case. */
export function geometry({ options }: GoldenCase) {
  const { activation: _, ...rest } = options;
  return rest;
}

/**
 * The gradient of a case by the reference.
 * @param through the activation that dy is passed through
 */
export function gradient(
  golden: GoldenCase,
  dy: NdArray,
  through: ReferenceActivationGradientOptions = {},
): Float64NdArray {
  const options = { ...geometry(golden), ...through };
  switch (golden.pass) {
    case "backward-data":
      return reference.convBackwardData(dy, given(golden, "w"), {
        ...options,
        inputShape: given(golden, "inputShape"),
      });
    case "backward-weights":
      return reference.convBackwardWeights(given(golden, "x"), dy, {
        ...options,
        kernelShape: given(golden, "kernelShape"),
      });
    case "backward-bias":
      return reference.convBackwardBias(dy, through);
    case "transposed-backward-data":
      return reference.convTransposeBackwardData(dy, given(golden, "w"), options);
    case "transposed-backward-weights":
      return reference.convTransposeBackwardWeights(given(golden, "x"), dy, {
        ...options,
        kernelShape: given(golden, "kernelShape"),
      });
    case "forward":
    case "transposed":
      throw new Error(`${golden.pass} is no gradient`);
  }
}

/**
 * The largest difference of each element. It is 0 without an activation, as every sum is exact, and with relu and relu6, which do not round.
 *
 * Forward: EVALUATION u scale(s). A gradient is a sum of n products of dy, activation'(s) and an operand: the derivative's error is
 * carried along, and each side rounds n + 1 times by u of the sum of magnitudes, at most |dy| scale(s) |operand| each.
 */
export function tolerances(golden: GoldenCase, u: number): ArrayLike<number> {
  const { pass, options, bias, expected, preActivation } = golden;
  const activation = checkActivation("activation", options.activation);
  const { activation: _, ...linear } = options;
  const { name } = activation;
  if (name === "none" || name === "relu" || name === "relu6") return expected.data.map(() => 0);
  if (pass === "forward" || pass === "transposed") {
    const operation = pass === "forward" ? reference.conv : reference.convTranspose;
    const sums = operation(given(golden, "x"), given(golden, "w"), { ...linear, bias });
    return map(sums, (s) => EVALUATION * u * scale(activation, s)).data;
  }
  if (!preActivation) throw new Error(`${golden.name} has no preActivation`);
  const sizes = gradient(
    {
      ...golden,
      options: { ...options, paddingValue: options.paddingValue && Math.abs(options.paddingValue) },
      x: golden.x && map(golden.x, Math.abs),
      w: golden.w && map(golden.w, Math.abs),
    },
    map(given(golden, "dy"), (value, i) => Math.abs(value) * scale(activation, preActivation.data[i]!)),
  );
  const problem = reference.convProblem(pass === "backward-data" ? pass : "backward-weights", {
    ...geometry(golden),
    inputShape: given(golden, "inputShape"),
    kernelShape: given(golden, "kernelShape"),
  });
  return map(sizes, (size) => (2 * (sumLength(problem) + 1) + EVALUATION) * u * size).data;
}

/** Compares element by element; the sign of a zero does not count. */
export function expectClose(actual: NdArray, expected: GoldenTensor, most: ArrayLike<number>): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.data.length).toBe(expected.data.length);
  expected.data.forEach((value, i) => {
    const difference = Math.abs(actual.data[i]! - value);
    if (!(difference <= most[i]!)) {
      expect.fail(`element ${i}: got ${actual.data[i]}, expected ${value} within ${most[i]}`);
    }
  });
}
