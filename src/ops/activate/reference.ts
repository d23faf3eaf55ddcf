// Activations by themselves and their gradients.
import type { Activation } from "../../problem/activation.ts";
import {
  type DerivativeSources,
  type ElementActivation,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";
import { checkOptions } from "../../base/validate.ts";
import { activationDerivative, activationValue } from "../../reference/activation.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";

export const RANKS = [1, 2, 3, 4, 5];

/** scale and alpha of selu (Klambauer et al. 2017, appendix). */
const SELU_SCALE = 1.0507009873554804934193349852946;
const SELU_ALPHA = 1.6732632423543772848170429916717;

const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

/** log(1 + exp(t)), whose exponential does not overflow. */
const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/** What gelu's approximation takes the logistic function of: sqrt(8 / pi) (v + 0.044715 v^3). */
const geluArgument = (v: number): number => Math.sqrt(8 / Math.PI) * (v + 0.044715 * v ** 3);

/** activation(v) of any of them. */
export function elementActivation(activation: ElementActivation, v: number): number {
  const { name, parameter, threshold } = activation;
  switch (name) {
    case "selu":
      return SELU_SCALE * (v > 0 ? v : SELU_ALPHA * Math.expm1(v));
    case "softplus":
      return parameter * v > threshold ? v : softplus(parameter * v) / parameter;
    case "hardsigmoid":
      return Math.min(Math.max(v + 3, 0), 6) / 6;
    case "gelu-tanh":
      return v * logistic(geluArgument(v));
    default:
      return activationValue(activation as Activation, v);
  }
}

/** Its derivative at v. */
export function elementDerivative(activation: ElementActivation, v: number): number {
  const { name, parameter, threshold } = activation;
  switch (name) {
    case "selu":
      return SELU_SCALE * (v > 0 ? 1 : SELU_ALPHA * Math.exp(v));
    case "softplus":
      return parameter * v > threshold ? 1 : logistic(parameter * v);
    case "hardsigmoid":
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

/** The same of the output, of those whose output tells. */
function derivativeOfOutput(activation: ElementActivation, y: number): number {
  switch (activation.name) {
    case "sigmoid":
      return y * (1 - y);
    case "tanh":
      return 1 - y * y;
    case "elu":
      return y > 0 ? 1 : y + activation.parameter;
    case "selu":
      return y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA;
    case "hardsigmoid":
      return y > 0 && y < 1 ? 1 / 6 : 0;
    default:
      return elementDerivative(activation, y);
  }
}

/** activation(x), as `engine.activate`. */
export function activate(x: NdArray, activation: ElementActivationOption): Float64NdArray {
  const { data, shape } = checkNdArray("x", x, RANKS);
  const checked = checkElementActivation("activation", activation);
  return { data: data.map((v) => elementActivation(checked, v)), shape };
}

/** Its gradient, as `engine.activateBackward`. */
export function activateBackward(
  dy: NdArray,
  options: DerivativeSources<NdArray> & { activation: ElementActivationOption },
): Float64NdArray {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const gradient = checkNdArray("dy", dy, RANKS);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const gate = checkNdArray(from, values, RANKS);
  checkShapeIs(from, gate.shape, gradient.shape);
  const derivative = from === "output" ? derivativeOfOutput : elementDerivative;
  return { data: gradient.data.map((v, at) => v * derivative(activation, gate.data[at]!)), shape: gradient.shape };
}
