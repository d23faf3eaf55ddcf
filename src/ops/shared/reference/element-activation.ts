// CPU reference of the activations of operations and their derivatives, in float64.
import type { Activation } from "../../../problem/activation.ts";
import { derivativeFromOutput } from "../../../reference/activation-gradient.ts";
import { activationDerivative, activationValue } from "../../../reference/activation.ts";
import type { ElementActivation } from "../geometry/element-activation.ts";

/** scale and alpha of selu (Klambauer et al., "Self-Normalizing Neural Networks", 2017, appendix). */
const SELU_SCALE = 1.0507009873554804934193349852946;
const SELU_ALPHA = 1.6732632423543772848170429916717;

const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

/** log(1 + exp(t)), with an exponential that does not overflow. */
const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/** sqrt(8 / pi) (v + 0.044715 v^3): the approximation of gelu is v * logistic of this. */
const geluArgument = (v: number): number => Math.sqrt(8 / Math.PI) * (v + 0.044715 * v ** 3);

/** The activation of v. */
export function elementActivation(activation: ElementActivation, v: number): number {
  const { name, parameter, threshold } = activation;
  switch (name) {
    case "selu":
      return SELU_SCALE * (v > 0 ? v : SELU_ALPHA * Math.expm1(v));
    case "softplus":
      return parameter * v > threshold ? v : softplus(parameter * v) / parameter;
    case "hard-sigmoid":
      return Math.min(Math.max(v + 3, 0), 6) / 6;
    case "gelu-tanh":
      return v * logistic(geluArgument(v));
    default:
      return activationValue(activation as Activation, v);
  }
}

/** The derivative of the activation at its argument v. */
export function elementDerivative(activation: ElementActivation, v: number): number {
  const { name, parameter, threshold } = activation;
  switch (name) {
    case "selu":
      return SELU_SCALE * (v > 0 ? 1 : SELU_ALPHA * Math.exp(v));
    case "softplus":
      return parameter * v > threshold ? 1 : logistic(parameter * v);
    case "hard-sigmoid":
      return v > -3 && v < 3 ? 1 / 6 : 0;
    case "gelu-tanh": {
      const t = geluArgument(v);
      const slope = Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * v * v);
      return logistic(t) + v * logistic(t) * logistic(-t) * slope;
    }
    default:
      return activationDerivative(activation as Activation, v);
  }
}

/** The derivative computed from the activation's output y, which must determine it. */
function elementDerivativeFromOutput(activation: ElementActivation, y: number): number {
  switch (activation.name) {
    case "selu":
      return y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA;
    case "hard-sigmoid":
      return y > 0 && y < 1 ? 1 / 6 : 0;
    default:
      return derivativeFromOutput(activation as Activation, y);
  }
}

/** The derivative, computed from the output or from the pre-activation. */
export function derivativeFrom(
  source: "output" | "preActivation",
): (activation: ElementActivation, value: number) => number {
  return source === "output" ? elementDerivativeFromOutput : elementDerivative;
}
