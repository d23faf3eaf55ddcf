// Depthwise-separable convolutions: the convolution of each channel and the mixing of channels, checked against each other. Shared by the
// engine and the reference.
import { type ActivationOption, checkActivation } from "../../problem/activation.ts";
import { words, refuse } from "../../base/error.ts";
import {
  type ConvProblem,
  type GeometryOptions,
  type Layout,
  convProblem,
  splitKernel,
  tensorShape,
} from "../../problem/problem.ts";
import { checkOptions } from "../../base/validate.ts";

/** The options of the depthwise convolution; its groups are its channels. */
export type DepthwiseOptions = Omit<GeometryOptions, "groups">;

export const DEPTHWISE_KEYS = ["stride", "dilation", "padding", "paddingMode", "paddingValue", "mode"] as const;

/** The geometry of both convolutions. */
export interface Separable {
  readonly depthwise: ConvProblem;
  readonly pointwise: ConvProblem;
}

/**
 * @param depthwise [C * M, 1, ...kernel], or [...kernel, 1, C * M]
 * @param pointwise [K, C * M, 1, ...], or [1, ..., C * M, K]
 * @throws ConvError naming the argument that does not fit
 */
export function separableOf(
  x: readonly number[],
  depthwise: readonly number[],
  pointwise: readonly number[],
  layout: Layout,
  options: DepthwiseOptions,
): Separable {
  const channels = layout === "channels-first" ? x[1]! : x.at(-1)!;
  const outer = layout === "channels-first" ? depthwise[0]! : depthwise.at(-1)!;
  if (outer % channels !== 0)
    refuse(
      "shape-mismatch",
      "depthwise.shape",
      depthwise,
      `a multiple of the ${channels} channels of x, in layout "${layout}"`,
    );
  const first = convProblem(
    "forward",
    { ...options, groups: channels, inputShape: x, kernelShape: depthwise, layout },
    { input: "x.shape", kernel: "depthwise.shape" },
  );
  const second = convProblem(
    "forward",
    { inputShape: tensorShape(first, "y"), kernelShape: pointwise, layout },
    { input: "the depthwise result", kernel: "pointwise.shape" },
  );
  if (splitKernel(pointwise, layout).spatial.some((size) => size !== 1))
    refuse("shape-mismatch", "pointwise.shape", pointwise, "a kernel of one cell");
  return { depthwise: first, pointwise: second };
}

/** Activations that increase, so that their output tells their derivative. */
const TOLD_BY_OUTPUT = ["relu", "relu6", "leaky-relu", "sigmoid", "tanh", "elu"];

/** Whether the derivative of an activation can be computed from its output. */
export function isToldByOutput(option: ActivationOption): boolean {
  const { name, parameter } = checkActivation("depthwiseActivation", option);
  return TOLD_BY_OUTPUT.includes(name) && parameter >= 0;
}

/** Options without those that this call has not. */
export function checkSeparable(options: unknown, others: readonly string[]): void {
  const allowed = [...DEPTHWISE_KEYS, ...others];
  if (typeof options === "object" && options !== null && "groups" in options)
    refuse("unknown-option", "options", words("groups"), "none: the depthwise convolution has as many as channels");
  checkOptions("options", options, allowed);
}
