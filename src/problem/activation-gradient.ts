// Activation gradients: a gradient operand is multiplied by the derivative of an activation while it is loaded, which saves a pass over memory.
import { refuse } from "../base/error.ts";
import { checkOneOf, checkOptions } from "../base/validate.ts";
import { type Activation, type ActivationOption, checkActivation } from "./activation.ts";

/** Multiplies a gradient, element by element, by the derivative of an activation, computed from its output or from the value before it. */
export interface ActivationGradient {
  readonly activation: Activation;
  readonly from: "output" | "pre-activation";
  /** Which operand is the gradient: dy, or x if the convolution is itself the gradient of a transposed one. */
  readonly operand: "x" | "dy";
}

/** The option form of an ActivationGradient. */
export interface ActivationGradientOption {
  activation: ActivationOption;
  from: "output" | "pre-activation";
  operand?: "x" | "dy";
}

/** The activations whose output does not determine their derivative. */
const NOT_FROM_OUTPUT = ["silu", "gelu", "hard-swish"];

/**
 * Returns the canonical form of the option.
 * @param operands the operands that may be the gradient, the default first
 * @throws ConvError naming the invalid field
 */
export function checkActivationGradient(
  option: unknown,
  operands: readonly ["x" | "dy", ...("x" | "dy")[]],
): ActivationGradient {
  const argument = "activationGradient";
  const fields = checkOptions(argument, option, ["activation", "from", "operand"]);
  const activation = checkActivation(`${argument}.activation`, fields["activation"]);
  if (activation.name === "none")
    refuse("invalid-argument", `${argument}.activation`, fields["activation"], "the activation that was applied");
  const from = checkOneOf(`${argument}.from`, fields["from"], ["output", "pre-activation"] as const);
  const isDetermined = activation.parameter >= 0 && !NOT_FROM_OUTPUT.includes(activation.name);
  if (from === "output" && !isDetermined) {
    const what =
      activation.parameter < 0 ? `${activation.name} with parameter ${activation.parameter}` : activation.name;
    refuse(
      "invalid-argument",
      `${argument}.from`,
      from,
      `"pre-activation": the output of ${what} does not determine its derivative`,
    );
  }
  return { activation, from, operand: checkOneOf(`${argument}.operand`, fields["operand"] ?? operands[0], operands) };
}
