// CPU reference of the activations of operations and their derivatives, in float64.
import type { Activation } from "../../../problem/activation.ts";
import { derivativeFromOutput } from "../../../reference/activation-gradient.ts";
import { activationDerivative, activationValue } from "../../../reference/activation.ts";
import type { ElementActivation } from "../geometry/element-activation.ts";

const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

/** log(1 + exp(t)), with an exponential that does not overflow. */
const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/** sqrt(8 / pi) (v + 0.044715 v^3): the approximation of gelu is v * logistic of this. */
const geluArgument = (v: number): number => Math.sqrt(8 / Math.PI) * (v + 0.044715 * v ** 3);

/** tanh(log(1 + exp(v))), by exponentials that do not overflow, and 1 minus it: the factor of mish. */
function mishFactor(v: number): { factor: number; rest: number } {
  const e = Math.exp(-Math.abs(v));
  const [n, rest] = v < 0 ? [e * (e + 2), 2] : [1 + 2 * e, 2 * e * e];
  return { factor: n / (n + rest), rest: rest / (n + rest) };
}

/** The activation of v. */
export function elementActivation(activation: ElementActivation, v: number): number {
  const { name, parameter, second } = activation;
  switch (name) {
    case "linear":
      return parameter * v + second;
    case "selu":
      return second * (v >= 0 ? v : parameter * Math.expm1(v));
    case "celu":
      return v >= 0 ? v : parameter * Math.expm1(v / parameter);
    case "softplus":
      return parameter * v > second ? v : softplus(parameter * v) / parameter;
    case "softsign":
      return v / (1 + Math.abs(v));
    case "mish":
      return v * mishFactor(v).factor;
    case "shrink":
      if (v < -parameter) return v + second;
      return v <= parameter ? 0 : v - second;
    case "thresholded-relu":
      return v <= parameter ? 0 : v;
    case "hard-sigmoid":
      return Math.min(Math.max(parameter * v + second, 0), 1);
    case "gelu-tanh":
      return v * logistic(geluArgument(v));
    default:
      return activationValue(activation as Activation, v);
  }
}

/** The derivative of the activation at its argument v. */
export function elementDerivative(activation: ElementActivation, v: number): number {
  const { name, parameter, second } = activation;
  switch (name) {
    case "linear":
      return parameter;
    case "selu":
      return second * (v > 0 ? 1 : parameter * Math.exp(v));
    case "celu":
      return v > 0 ? 1 : Math.exp(v / parameter);
    case "softplus":
      return parameter * v > second ? 1 : logistic(parameter * v);
    case "softsign":
      return 1 / (1 + Math.abs(v)) ** 2;
    case "mish": {
      const { factor, rest } = mishFactor(v);
      return factor + v * rest * (1 + factor) * logistic(v);
    }
    case "shrink":
      return v >= -parameter && v <= parameter ? 0 : 1;
    case "thresholded-relu":
      return v <= parameter ? 0 : 1;
    case "hard-sigmoid": {
      const ends = [-second / parameter, (1 - second) / parameter];
      return v > Math.min(...ends) && v < Math.max(...ends) ? parameter : 0;
    }
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
  const { name, parameter, second } = activation;
  switch (name) {
    case "linear":
    case "thresholded-relu":
      return elementDerivative(activation, y);
    case "selu":
      return y > 0 ? second : y + second * parameter;
    case "celu":
      return y > 0 ? 1 : y / parameter + 1;
    case "softsign":
      return (1 - Math.abs(y)) ** 2;
    case "hard-sigmoid":
      return y > 0 && y < 1 ? parameter : 0;
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
