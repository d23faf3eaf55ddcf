import { checkActivationGradient } from "../../../problem/activation-gradient.ts";
// A gradient taken back through the activation that an operation ended with.
import { type ActivationOption, checkActivation } from "../../../problem/activation.ts";
import { refuse, words } from "../../../base/error.ts";
import { activationDerivative } from "../../../reference/activation.ts";
import { type NdArray, checkShapeIs } from "../../../reference/ndarray.ts";

/** dy is the gradient of the activation's output; one of the two arrays tells the derivative. */
export interface ActivationGradient {
  activation?: ActivationOption;
  output?: NdArray;
  preActivation?: NdArray;
}

export const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;

/** The gradient of the sum before the activation. */
export function throughActivation(dy: NdArray, { activation, output, preActivation }: ActivationGradient): NdArray {
  if (activation === undefined) return dy;
  const values = output ?? preActivation;
  if (values === undefined || (output !== undefined && preActivation !== undefined))
    refuse("invalid-argument", "preActivation", words("both or none"), "one of output and preActivation");
  const from = output === undefined ? "pre-activation" : "output";
  checkActivationGradient({ activation, from }, ["dy"]);
  checkShapeIs(output === undefined ? "preActivation" : "output", values.shape, dy.shape);
  const { name, parameter } = checkActivation("activation", activation);
  const derivative = (value: number): number => {
    if (from === "pre-activation" || !["sigmoid", "tanh", "elu"].includes(name))
      return activationDerivative({ name, parameter }, value);
    if (name === "sigmoid") return value * (1 - value);
    return name === "tanh" ? 1 - value ** 2 : Math.min(value, 0) + (value > 0 ? 1 : parameter);
  };
  return { shape: dy.shape, data: Float64Array.from(dy.data, (one, at) => one * derivative(values.data[at]!)) };
}
