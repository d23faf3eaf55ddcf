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
  { option: { name: "softplus", beta: -1.5 } },
  { option: { name: "selu", alpha: 1.2, gamma: 0.8 }, fromOutput: true },
  { option: { name: "selu", alpha: -0.5 } },
  { option: "hard-sigmoid", fromOutput: true },
  { option: { name: "hard-sigmoid", alpha: 0.2, beta: 0.4 }, fromOutput: true },
  { option: { name: "hard-sigmoid", alpha: -0.3 }, fromOutput: true },
  { option: { name: "hard-sigmoid", alpha: 0 }, fromOutput: true },
  { option: { name: "linear", alpha: -1.5, beta: 0.25 }, fromOutput: true },
  { option: "celu", fromOutput: true },
  { option: { name: "celu", alpha: 1.7 }, fromOutput: true },
  { option: { name: "celu", alpha: -4 } },
  { option: "mish" },
  { option: "softsign", fromOutput: true },
  { option: "shrink" },
  { option: { name: "shrink", lambd: 1.5, bias: 1.5 } },
  { option: { name: "thresholded-relu", alpha: 0.7 }, fromOutput: true },
  { option: { name: "thresholded-relu", alpha: -2 } },
  { option: "hard-swish" },
];

export const nameOf = (option: ElementActivationOption): string =>
  typeof option === "string" ? option : Object.values(option).join(" ");

/** The error of the activation at v: as in a convolution, or for the others likewise from WGSL's table of accuracies. */
export function valueError(option: ElementActivationOption, v: number): number {
  const activation = checkElementActivation("activation", option);
  const { name, parameter } = activation;
  const size = Math.abs(elementActivation(activation, v));
  switch (name) {
    case "selu":
      // As elu, and the product with a rounded constant.
      return 2 * u * (16 + 1.1 * Math.abs(v));
    case "celu":
      // v / alpha errs by 5 u; an exponential that grows errs by 3 + 2 |v / alpha| ULP besides.
      return u * (16 * Math.abs(parameter) + (11 + 9 * Math.abs(v / parameter)) * (size + Math.abs(parameter)));
    case "linear":
    case "shrink":
      // A product and a sum, and rounded constants.
      return 3 * u * (Math.abs(parameter * v) + size + 2);
    case "softsign":
      return 8 * u * size;
    case "mish":
      // Functions of exp(-|v|), which errs by less than 6 u, of a few sums, products and a division.
      return 32 * u * Math.abs(v);
    case "thresholded-relu":
      return 0;
    case "softplus":
      // b v rounds, the logarithm is at most log 2 and accurate to 20 u; a sum and a division (2.5 ULP, 5 u) round the result.
      return u * Math.abs(v) + (16 * u) / Math.abs(parameter) + 8 * u * Math.abs(elementActivation(activation, v));
    case "hard-sigmoid":
      // A product and a sum of at most 3, and rounded constants.
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
