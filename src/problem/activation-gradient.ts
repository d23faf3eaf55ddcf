// Activation gradients: a gradient operand that is multiplied by the derivative of an activation while it is loaded, so that no pass of its own
// is needed for it.
import { refuse } from "../base/error.ts";
import { checkOneOf, checkOptions } from "../base/validate.ts";
import { type Activation, type ActivationOption, checkActivation } from "./activation.ts";

/**
 * The derivative that a gradient is multiplied by, element by element, computed from the activation's output or from the value before it.
 */
export interface ActivationGradient {
  readonly activation: Activation;
  readonly from: "output" | "pre-activation";
  /** Which operand is the gradient: dy, or x where the convolution is itself the gradient of a transposed one. */
  readonly operand: "x" | "dy";
}

/** An activation gradient as an option. */
export interface ActivationGradientOption {
  activation: ActivationOption;
  from: "output" | "pre-activation";
  operand?: "x" | "dy";
}

/** The activations whose output does not determine their derivative. */
const NOT_FROM_OUTPUT = ["silu", "gelu", "hardswish"];

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
  const inverse = activation.parameter >= 0 && !NOT_FROM_OUTPUT.includes(activation.name);
  if (from === "output" && !inverse) {
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
