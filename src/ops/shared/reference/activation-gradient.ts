// Gradients that pass through the activation of a convolution, in float64.
import { refuse, words } from "../../../base/error.ts";
import { checkActivationGradient } from "../../../problem/activation-gradient.ts";
import type { ActivationName, ActivationOption } from "../../../problem/activation.ts";
import { type NdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { derivativeFrom } from "./element-activation.ts";

/** The activation after which dy is the gradient; its output or the values before it determine the derivative. */
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
  const [source, from] =
    output === undefined ? (["preActivation", "pre-activation"] as const) : (["output", "output"] as const);
  const { name, parameter } = checkActivationGradient({ activation, from }, ["dy"]).activation;
  checkShapeIs(source, values.shape, dy.shape);
  // checkActivationGradient refuses "none".
  const checked = { name: name as ActivationName, parameter, threshold: 0 };
  const derivative = derivativeFrom(source);
  return { shape: dy.shape, data: Float64Array.from(dy.data, (one, at) => one * derivative(checked, values.data[at]!)) };
}
