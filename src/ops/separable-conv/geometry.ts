// Depthwise-separable convolution: the geometry of its depthwise and its pointwise convolution, checked against each other. Shared by the
// engine and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { type ActivationOption, checkActivation } from "../../problem/activation.ts";
import { type ConvProblem, type Layout, convProblem, splitKernel, tensorShape } from "../../problem/problem.ts";
import { UNGROUPED_KEYS, type UngroupedOptions } from "../shared/geometry/ungrouped.ts";

/** The problems of both convolutions. */
export interface Separable {
  readonly depthwise: ConvProblem;
  readonly pointwise: ConvProblem;
}

/**
 * The two convolutions.
 *
 * @param depthwise [C * M, 1, ...kernel], or [...kernel, 1, C * M]
 * @param pointwise [K, C * M, 1, ...], or [1, ..., C * M, K]
 * @param options of the depthwise convolution, which has as many groups as x has channels
 * @throws ConvError naming the invalid argument
 */
export function separableOf(
  x: readonly number[],
  depthwise: readonly number[],
  pointwise: readonly number[],
  layout: Layout,
  options: UngroupedOptions,
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

/** The strictly or weakly increasing activations, whose output determines their derivative. */
const FROM_OUTPUT = ["relu", "relu6", "leaky-relu", "sigmoid", "tanh", "elu"];

/** Whether the derivative of an activation can be computed from its output. */
export function derivableFromOutput(option: ActivationOption): boolean {
  const { name, parameter } = checkActivation("depthwiseActivation", option);
  return FROM_OUTPUT.includes(name) && parameter >= 0;
}

/**
 * Checks the names of the options of a call.
 * @param others names of options beside those of the geometry
 * @throws ConvError `unknown-option`
 */
export function checkSeparableOptions(options: unknown, others: readonly string[]): void {
  if (typeof options === "object" && options !== null && "groups" in options)
    refuse("unknown-option", "options", words("groups"), "none: the depthwise convolution has as many as channels");
  checkOptions("options", options, [...UNGROUPED_KEYS, ...others]);
}
