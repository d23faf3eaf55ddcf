// Activation gradients of the reference: pass dy back through the activation that an operation ended with.
import { refuse, words } from "../base/error.ts";
import { checkActivationGradient } from "../problem/activation-gradient.ts";
import type { Activation, ActivationOption } from "../problem/activation.ts";
import { activationDerivative } from "./activation.ts";
import { type NdArray, checkNdArray, checkShapeIs } from "./ndarray.ts";

/** If `activation` is given, dy is the gradient of its output, and one of the two arrays determines its derivative. */
export interface ReferenceActivationGradientOptions {
  activation?: ActivationOption;
  /** The output of the activation; not for silu, gelu and hard-swish, whose output does not determine the derivative. */
  output?: NdArray;
  /** The sum before the activation. */
  preActivation?: NdArray;
}

export const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;

/**
 * Returns the gradient of the sum before the activation: dy times the derivative of the activation.
 * @throws ConvError naming the option that does not fit
 */
export function throughActivation(dy: NdArray, options: ReferenceActivationGradientOptions): NdArray {
  const { activation: option, output, preActivation } = options;
  if (option === undefined) {
    for (const [name, array] of Object.entries({ output, preActivation }))
      if (array !== undefined) refuse("invalid-argument", name, words("an array"), "none unless activation is given");
    return dy;
  }
  if (output !== undefined && preActivation !== undefined)
    refuse("invalid-argument", "output", words("an array"), "none together with preActivation");
  const from = output === undefined ? "pre-activation" : "output";
  const { activation } = checkActivationGradient({ activation: option, from }, ["dy"]);
  const name = output === undefined ? "preActivation" : "output";
  const values = checkNdArray(name, output ?? preActivation, [dy.shape.length]);
  checkShapeIs(name, values.shape, dy.shape);
  const derivative = from === "output" ? derivativeFromOutput : activationDerivative;
  return {
    shape: dy.shape,
    data: Float64Array.from(dy.data, (one, at) => one * derivative(activation, values.data[at]!)),
  };
}

/**
 * The derivative of an activation, computed from its output, which must determine it. The default case holds for the piecewise linear
 * activations: input and output have their corners at the same values.
 */
export function derivativeFromOutput(activation: Activation, output: number): number {
  switch (activation.name) {
    case "sigmoid":
      return output * (1 - output);
    case "tanh":
      return 1 - output * output;
    case "elu":
      return output > 0 ? 1 : output + activation.parameter;
    default:
      return activationDerivative(activation, output);
  }
}
