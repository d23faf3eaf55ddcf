// Gradients that have yet to pass through an activation: which operand, by which derivative, computed from what.
import { type Activation, type ActivationOption, checkActivation } from "./activation.ts";
import { refuse } from "../base/error.ts";
import { checkOneOf, checkOptions } from "../base/validate.ts";

/**
 * How a gradient passes through an activation while it is loaded: times the derivative at each element, which is computed from the
 * activation's output or from the value before it.
 */
export interface ActivationGradient {
  readonly activation: Activation;
  readonly from: "output" | "pre-activation";
  /** Which operand is the gradient: dy, or x where the convolution is itself the gradient of a transposed one. */
  readonly operand: "x" | "dy";
}

/** The same as a description has it. */
export interface ActivationGradientOption {
  activation: ActivationOption;
  from: "output" | "pre-activation";
  operand?: "x" | "dy";
}

/** The activations whose derivative their output does not tell. */
const NOT_FROM_OUTPUT = ["silu", "gelu", "hardswish"];

/**
 * The canonical form.
 * @param operands those that may be the gradient, the first where the option says nothing
 * @throws ConvError naming the field that does not fit
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
      `"pre-activation": the output of ${what} does not tell its derivative`,
    );
  }
  return { activation, from, operand: checkOneOf(`${argument}.operand`, fields["operand"] ?? operands[0], operands) };
}
