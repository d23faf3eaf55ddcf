// The geometry of locally connected layers: that of a convolution, with separate weights for each output. Shared by the engine and the
// reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkInteger, checkPerAxis } from "../../base/validate.ts";
import type { Padding } from "../../problem/padding.ts";
import { type ConvProblem, type Layout, convProblem, splitShape } from "../../problem/problem.ts";

/** The options of a locally connected layer that determine its geometry. */
export interface LocalOptions {
  /** Cells of a window: a number for all axes, or one for each. */
  kernelSize: number | readonly number[];
  /** As for a convolution, with zero padding. */
  stride?: number | readonly number[];
  dilation?: number | readonly number[];
  padding?: Padding;
  groups?: number;
}

export const LOCAL_KEYS = ["kernelSize", "stride", "dilation", "padding", "groups"] as const;

/**
 * The geometry, as the problem of a convolution with shared weights.
 * @param x the shape of the input
 * @param K output channels
 * @throws ConvError naming the invalid option
 */
export function localProblem(
  argument: string,
  x: readonly number[],
  layout: Layout,
  K: number,
  { kernelSize, ...options }: LocalOptions,
): ConvProblem {
  const { channels, spatial } = splitShape(x, layout);
  const kernel = checkPerAxis("kernelSize", kernelSize, spatial.length, 1);
  const groups = checkInteger("groups", options.groups ?? 1, 1);
  if (channels % groups !== 0)
    refuse("shape-mismatch", "groups", groups, `a divisor of the ${channels} input channels`);
  const inner = channels / groups;
  return convProblem(
    "forward",
    {
      ...options,
      ...{ layout, inputShape: x },
      kernelShape: layout === "channels-first" ? [K, inner, ...kernel] : [...kernel, inner, K],
    },
    { input: argument, kernel: "kernelSize" },
  );
}

/** The number of output channels of weights: their first size with channels first, their last size with channels last. */
export function localChannels(w: readonly number[], layout: Layout): number {
  return layout === "channels-first" ? w[0]! : w.at(-1)!;
}

/** The shape of the weights: [K, C/groups * taps, ...output], or [...output, taps * C/groups, K]. */
export function localShape({ C, K, groups, kernel, output, rank, layout }: ConvProblem): number[] {
  const terms = (C / groups) * elementCount(kernel);
  const cells = output.slice(3 - rank);
  return layout === "channels-first" ? [K, terms, ...cells] : [...cells, terms, K];
}

/** The shape of the bias: [K, ...output], or [...output, K]. */
export function localBiasShape({ K, output, rank, layout }: ConvProblem): number[] {
  const cells = output.slice(3 - rank);
  return layout === "channels-first" ? [K, ...cells] : [...cells, K];
}

/** @throws ConvError if the shape of weights does not fit the problem */
export function checkLocalShape(argument: string, shape: readonly number[], problem: ConvProblem): void {
  const wanted = localShape(problem);
  if (shape.join() !== wanted.join())
    refuse(
      "shape-mismatch",
      argument,
      shape,
      `[${wanted.join(", ")}], ${problem.layout === "channels-first" ? "[K, C/groups * taps, ...output]" : "[...output, taps * C/groups, K]"}`,
    );
}
