// Every activation, with parameters, and the error of its evaluation.
import {
  type ElementActivationOption,
  checkElementActivation,
} from "../../src/ops/shared/geometry/element-activation.ts";
import { elementActivation, elementDerivative } from "../../src/ops/shared/reference/element-activation.ts";
import type { Activation } from "../../src/problem/activation.ts";
import { derivativeError, evaluation } from "../suite/activation-errors.ts";

/** Unit roundoff of float32. */
const u = 2 ** -24;

export const ACTIVATIONS: readonly { option: ElementActivationOption; fromOutput?: true }[] = [
  { option: "relu", fromOutput: true },
  { option: "relu6", fromOutput: true },
  { option: { name: "leaky-relu", slope: 0.3 }, fromOutput: true },
  { option: { name: "leaky-relu", slope: -0.5 } },
  { option: "sigmoid", fromOutput: true },
  { option: "tanh", fromOutput: true },
  { option: "silu" },
  { option: "gelu" },
  { option: { name: "gelu", approximate: "tanh" } },
  { option: { name: "elu", alpha: 1.5 }, fromOutput: true },
  { option: "selu", fromOutput: true },
  { option: "softplus" },
  { option: { name: "softplus", beta: 2, threshold: 1 } },
  { option: "hard-sigmoid", fromOutput: true },
  { option: "hard-swish" },
];

export const nameOf = (option: ElementActivationOption): string =>
  typeof option === "string" ? option : Object.values(option).join(" ");

/** The error of the activation at v: as in a convolution, or for the others likewise from WGSL's table of accuracies. */
export function valueError(option: ElementActivationOption, v: number): number {
  const activation = checkElementActivation("activation", option);
  const { name, parameter } = activation;
  switch (name) {
    case "selu":
      // As elu, and the product with a rounded constant.
      return 2 * u * (16 + 1.1 * Math.abs(v));
    case "softplus":
      // b v rounds, the logarithm is at most log 2 and accurate to 20 u; a sum and a division (2.5 ULP, 5 u) round the result.
      return u * Math.abs(v) + (16 * u) / parameter + 8 * u * Math.abs(elementActivation(activation, v));
    case "hard-sigmoid":
      // A sum, and a division by 6 of at most 6.
      return 8 * u;
    case "gelu-tanh":
      // The argument t is accurate to 6 u, and s (1 - s) |t| is at most 0.23; the logistic function is accurate to 16 u.
      return 20 * u * Math.abs(v);
    default:
      // Their parameters are rounded constants.
      return evaluation(activation as Activation, v) + 2 * u * Math.abs(elementActivation(activation, v));
  }
}

/** The error of dy times the derivative at v. */
export function gradientError(option: ElementActivationOption, v: number, dy: number): number {
  const activation = checkElementActivation("activation", option);
  // The derivative's own error, its rounded constants, and the product.
  const error = derivativeError(activation as Activation, v) + 3 * u * Math.abs(elementDerivative(activation, v));
  return Math.abs(dy) * error;
}
