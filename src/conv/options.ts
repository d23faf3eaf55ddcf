// The options of the public convolution calls, and their conversion to descriptors and constraints.
import { refuse, words } from "../base/error.ts";
import { pick } from "../base/pick.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../gpu/tensor.ts";
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
 * The activation that the convolution ended with, if any. dy is then the gradient of the activation's output, and is multiplied by the derivative
 * of the activation while it is loaded. The derivative is computed from `output` or from `preActivation`.
 */
export interface ActivationGradientOptions {
  activation?: ActivationOption;
  /** The output of the convolution after its epilogue; not for silu, gelu and hard-swish, whose output does not determine the derivative. */
  output?: Tensor;
  /** The sum before the activation, including bias and residual. */
  preActivation?: Tensor;
}

/** Options of `conv`. */
export interface ConvOptions extends GeometryOptions, Constraints, EpilogueOptions {}

/** Options of `convTranspose`. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Extra cells at the end of each output axis, fewer than its stride or its dilation; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, to choose among several possible ones. */
  outputShape?: readonly number[];
}

/** Options of `convBackwardData`. */
export interface ConvBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's x. */
  inputShape: readonly number[];
}

/** Options of `convBackwardWeights`. */
export interface ConvBackwardWeightsOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's w. */
  kernelShape: readonly number[];
}

/** Options of `convTransposeBackwardData`. */
export interface ConvTransposeBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The outputPadding of the transposed convolution. */
  outputPadding?: number | readonly number[];
  /** The shape of its x; only needed where its outputShape has as many extra cells as the stride. */
  inputShape?: readonly number[];
}

/** Options of `convTransposeBackwardWeights`. */
export interface ConvTransposeBackwardWeightsOptions extends ConvBackwardWeightsOptions {
  /** The outputPadding of the transposed convolution; follows from the shapes unless given. */
  outputPadding?: number | readonly number[];
}

/** Options of `convBackwardBias`. */
export type ConvBackwardBiasOptions = ActivationGradientOptions;

export const EPILOGUE_KEYS = ["bias", "residual", "activation"] as const;
export const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;
/** The options among them that are tensors. */
export const EPILOGUE_TENSORS = ["bias", "residual"] as const;
export const GRADIENT_TENSORS = ["output", "preActivation"] as const;
export const CALL_KEYS = [...GEOMETRY_KEYS, ...CONSTRAINT_KEYS];

/**
 * Returns the layout and element type of two tensors, by their names.
 * @throws ConvError if one is no live tensor, or if their engines or layouts differ
 */
export function sharedFormat(tensors: Readonly<Record<string, Tensor>>): Pick<ConvDescriptor, "layout" | "dtype"> {
  checkSameEngine(tensors);
  for (const entry of Object.entries(tensors)) checkTensor(...entry);
  const [[first, { layout, dtype }], [name, tensor]] = Object.entries(tensors) as [[string, Tensor], [string, Tensor]];
  if (tensor.layout !== layout)
    refuse("shape-mismatch", `${name}.layout`, tensor.layout, `"${layout}", the layout of ${first}`);
  return { layout, dtype };
}

/** Returns the constraints among the options of a call, checked. */
export function constraintsOf(options: Constraints): Constraints {
  return checkConstraints("options", pick(options, CONSTRAINT_KEYS));
}

/** Returns the epilogue of a call as fields of a descriptor. */
export function epilogueOf({ bias, residual, activation }: EpilogueOptions): Partial<ConvDescriptor> {
  return {
    bias: bias !== undefined,
    residual: residual !== undefined,
    ...(activation !== undefined && { activation }),
  };
}

/** Returns the activation gradient of a call as a field of a descriptor, and the tensor that it reads. */
export function activationGradientOf(
  { activation, output, preActivation }: ActivationGradientOptions,
  operand: "x" | "dy",
): { description: Pick<ConvDescriptor, "activationGradient">; inputs: Pick<ConvInputs, "output" | "preActivation"> } {
  if (activation === undefined) {
    for (const [name, tensor] of Object.entries({ output, preActivation })) {
      if (tensor !== undefined) refuse("invalid-argument", name, words("a tensor"), "none unless activation is given");
    }
    return { description: {}, inputs: {} };
  }
  if (output !== undefined && preActivation !== undefined)
    refuse("invalid-argument", "output", words("a tensor"), "none together with preActivation");
  if (output === undefined && preActivation === undefined)
    refuse(
      "invalid-argument",
      "preActivation",
      undefined,
      "a tensor: the derivative of the activation is computed from it or from output",
    );
  const from = output === undefined ? "pre-activation" : "output";
  return {
    description: { activationGradient: { activation, from, operand } },
    inputs: output === undefined ? { preActivation: preActivation! } : { output },
  };
}
