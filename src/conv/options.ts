// The options of the public convolution calls, and how they become descriptors and constraints.
import { ConvError, refuse, words } from "../base/error.ts";
import { pick } from "../base/pick.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { CONSTRAINT_KEYS, type Constraints, checkConstraints } from "../planner/choose.ts";
import type { ActivationOption } from "../problem/activation.ts";
import { type ConvDescriptor, GEOMETRY_KEYS, type GeometryOptions } from "../problem/problem.ts";
import type { ConvInputs } from "./operands.ts";

/** The epilogue of a convolution: activation(sum + bias[channel] + residual). */
export interface EpilogueOptions {
  /** One value for each channel of the result. */
  bias?: Tensor;
  /** A tensor of the result's shape, added before the activation. */
  residual?: Tensor;
  activation?: ActivationOption;
}

/**
 * The activation that a gradient passes through first, where the convolution ended with one: dy is then the gradient of the activation's
 * output, and is multiplied by the derivative while it is loaded. The derivative is computed from `output` or from `preActivation`.
 */
export interface ActivationGradientOptions {
  activation?: ActivationOption;
  /** The output of the convolution, bias and residual included; not for silu, gelu and hardswish, whose derivative it does not determine. */
  output?: Tensor;
  /** The sum before the activation, bias and residual included. */
  preActivation?: Tensor;
}

export interface ConvOptions extends GeometryOptions, Constraints, EpilogueOptions {}

export interface ConvTransposeOptions extends ConvOptions {
  /** Extra cells at the end of each output axis, below its stride; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, where several are possible. */
  outputShape?: readonly number[];
}

export interface ConvBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's x. */
  inputShape: readonly number[];
}

export interface ConvBackwardWeightsOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's w. */
  kernelShape: readonly number[];
}

export interface ConvTransposeBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {}

export type ConvBackwardBiasOptions = ActivationGradientOptions;

export const EPILOGUE_KEYS = ["bias", "residual", "activation"] as const;
export const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;
export const CALL_KEYS = [...GEOMETRY_KEYS, ...CONSTRAINT_KEYS];

/** The layout and element type that two tensors share. */
export function sharedFormat(
  first: [name: string, tensor: Tensor],
  second: [name: string, tensor: Tensor],
): Pick<ConvDescriptor, "layout" | "dtype"> {
  const [[firstName, { layout, dtype, gpu }], [name, tensor]] = [first, second];
  if (tensor.gpu !== gpu)
    throw new ConvError(
      "foreign-tensor",
      `${name}: got a tensor of another engine, expected one of the engine of ${firstName}`,
    );
  if (tensor.layout !== layout)
    refuse("shape-mismatch", `${name}.layout`, tensor.layout, `"${layout}", the layout of ${firstName}`);
  return { layout, dtype };
}

/** The constraints of a call. */
export function constraintsOf(options: Constraints): Constraints {
  return checkConstraints("options", pick(options, CONSTRAINT_KEYS));
}

/** The epilogue of a call, as a descriptor has it. */
export function epilogueOf({ bias, residual, activation }: EpilogueOptions): Partial<ConvDescriptor> {
  return {
    bias: bias !== undefined,
    residual: residual !== undefined,
    ...(activation !== undefined && { activation }),
  };
}

/** The activation gradient of a call, as a descriptor has it, and the tensor that it reads. */
export function activationGradientOf(
  { activation, output, preActivation }: ActivationGradientOptions,
  operand: "x" | "dy",
): { description: Pick<ConvDescriptor, "activationGradient">; inputs: Pick<ConvInputs, "output" | "preActivation"> } {
  if (activation === undefined) {
    for (const [name, tensor] of Object.entries({ output, preActivation })) {
      if (tensor !== undefined)
        refuse("invalid-argument", name, words("a tensor"), "none where no activation is given");
    }
    return { description: {}, inputs: {} };
  }
  if (output !== undefined && preActivation !== undefined)
    refuse("invalid-argument", "output", words("a tensor"), "none beside preActivation");
  if (output === undefined && preActivation === undefined)
    refuse(
      "invalid-argument",
      "preActivation",
      undefined,
      "a tensor: it, or output, determines the derivative of the activation",
    );
  const from = output === undefined ? "pre-activation" : "output";
  return {
    description: { activationGradient: { activation, from, operand } },
    inputs: output === undefined ? { preActivation: preActivation! } : { output },
  };
}
