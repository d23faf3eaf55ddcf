// Correlation: the one computation that every algorithm implements; each pass is one or more of them. A ConvProblem says what is computed. A
// Correlation also says, by strides, where each element lies, so that a flipped kernel, a gradient or one phase of a strided gradient is a
// correlation like any other:
//
//   out[n, g, k, o] = sum over c, t of in[n, g, c, o * stride + t * dilation - pad] weights[g, k, c, t]
//
// for batch n, group g, channels c and k of the group, output o and tap t along three axes.
import type { Dtype } from "../base/dtype.ts";
import { type Triple, dilatedExtent, eachAxis, elementCount } from "../base/shape.ts";
import type { ActivationGradient } from "./activation-gradient.ts";
import type { Operand } from "./operand.ts";
import { type PaddingMode, imageCells } from "./padding.ts";
import type { ConvProblem, Epilogue, Layout } from "./problem.ts";

/** Memory layout of the input or the output: strides in elements, which may be negative. */
export interface TensorView {
  readonly operand: Operand;
  /** The index of element 0 of every axis. */
  readonly start: number;
  readonly batch: number;
  readonly group: number;
  /** Stride between the channels of a group. */
  readonly channel: number;
  readonly spatial: Triple;
}

/** Memory layout of the weights: strides in elements, which may be negative. */
export interface KernelView {
  readonly operand: Operand;
  readonly start: number;
  readonly group: number;
  readonly outputChannel: number;
  readonly inputChannel: number;
  readonly taps: Triple;
}

/**
 * Phases of a strided gradient, computed as output channels of one correlation of stride 1. Output o of phase t is the cell
 * first + o stride + t step of the tensor along each axis; outputs that are no cells of it are not stored.
 */
export interface Phases {
  /** Phases along each axis. Each channel of the tensor has that many output channels, those along the width innermost. */
  readonly counts: Triple;
  readonly stride: Triple;
  readonly step: Triple;
  readonly first: Triple;
  readonly cells: Triple;
  /** Strides in elements from the weights of a phase to those of the next, and from output o of a phase to that of the next. */
  readonly weights: Triple;
  readonly outputs: Triple;
}

/** One correlation: its geometry, and the memory layout of its operands. */
export interface Correlation {
  readonly N: number;
  /** Channels of all groups together. */
  readonly C: number;
  readonly K: number;
  readonly groups: number;
  /** Whether each group of the convolution has one input channel. Gradients of such a convolution sum over output channels or the batch. */
  readonly depthwise: boolean;
  readonly input: Triple;
  readonly kernel: Triple;
  readonly output: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  /** Padding cells before the input that the first output sees; negative if its window starts inside the input. */
  readonly padBegin: Triple;
  readonly paddingMode: PaddingMode;
  readonly paddingValue: number;
  /** Which axis of the input is contiguous: its columns (channels-first) or its channels (channels-last). */
  readonly layout: Layout;
  /** The element type of the tensors in storage. */
  readonly dtype: Dtype;
  readonly epilogue: Epilogue;
  readonly x: TensorView;
  readonly w: KernelView;
  readonly y: TensorView;
  /** The phases that the output channels are, if so. The strides of `w` and `y` between channels are then those between whole sets of phases. */
  readonly phases?: Phases | undefined;
  /** The operand, if any, that is multiplied by the derivative of an activation while it is loaded. */
  readonly gated?: { readonly role: "x" | "w"; readonly by: ActivationGradient };
  /** Element counts of the operands' buffers. */
  readonly sizes: Readonly<Record<"x" | "w" | "y", number>>;
}

/** Terms in one output sum. */
export function termCount({ C, groups, kernel }: Pick<Correlation, "C" | "groups" | "kernel">): number {
  return (C / groups) * elementCount(kernel);
}

/** Extent of the padded input along each axis, from the first cell that any output sees to the last. */
export function seenCells({
  output,
  kernel,
  stride,
  dilation,
}: Pick<Correlation, "output" | "kernel" | "stride" | "dilation">): Triple {
  return eachAxis((axis) => (output[axis] - 1) * stride[axis] + dilatedExtent(kernel[axis], dilation[axis]));
}

/** Where the cells that any output sees end along each axis, counted from the first of the input. */
export function seenEnd(c: Correlation): Triple {
  const seen = seenCells(c);
  return eachAxis((axis) => seen[axis] - c.padBegin[axis]);
}

/** Largest number of padding cells that an output sees, on either side of any axis. */
export function paddingSeen(c: Correlation): number {
  const end = seenEnd(c);
  return Math.max(0, ...c.padBegin, ...c.input.map((size, axis) => end[axis]! - size));
}

/** Whether padding repeats cells of the input that it repeats already: the border is longer than one image of the input. */
export function repeatsAgain(c: Correlation): boolean {
  const end = seenEnd(c);
  return c.input.some((size, axis) => Math.max(c.padBegin[axis]!, end[axis]! - size) > imageCells(c.paddingMode, size));
}

/** Strides of a tensor [N, channels, ...spatial] in a layout. */
function strides(channels: number, spatial: Triple, layout: Layout) {
  const [depth, height, width] = spatial;
  const volume = depth * height * width;
  const step = layout === "channels-last" ? channels : 1;
  return {
    batch: channels * volume,
    channel: layout === "channels-last" ? 1 : volume,
    spatial: [height * width * step, width * step, step] as Triple,
  };
}

/** Strides of the kernel of a problem: [K, C/groups, taps] or [taps, C/groups, K]. */
function kernelStrides({ kernel, K, C, groups, layout }: ConvProblem) {
  const taps = elementCount(kernel);
  const groupC = C / groups;
  const [outputChannel, inputChannel, tap] = layout === "channels-last" ? [1, K, groupC * K] : [groupC * taps, taps, 1];
  return {
    outputChannel,
    inputChannel,
    taps: [kernel[1] * kernel[2] * tap, kernel[2] * tap, tap] as Triple,
  };
}

/** Strides and element counts of the three operands of a problem, by their roles in the forward pass. */
export function operandLayouts(problem: ConvProblem) {
  const { N, C, K, groups, input, output, kernel, layout } = problem;
  return {
    x: strides(C, input, layout),
    w: kernelStrides(problem),
    y: strides(K, output, layout),
    sizes: {
      x: N * C * elementCount(input),
      w: K * (C / groups) * elementCount(kernel),
      y: N * K * elementCount(output),
    },
  };
}

/** The correlation of the forward pass. The taps of a flipped kernel have negative strides. */
export function forwardCorrelation(problem: ConvProblem): Correlation {
  const { N, C, K, groups, input, kernel, output, stride, dilation, padBegin } = problem;
  const { paddingMode, paddingValue, layout, dtype, epilogue, flipped } = problem;
  const { x, w, y, sizes } = operandLayouts(problem);
  const last = w.taps.reduce((sum, step, axis) => sum + step * (kernel[axis]! - 1), 0);
  // Along an axis without cells, everything is padding: as if before a first cell that no output sees.
  const seen = seenCells(problem);
  return {
    ...{ N, C, K, groups, kernel, output, stride, dilation },
    input: eachAxis((axis) => Math.max(1, input[axis])),
    padBegin: eachAxis((axis) => (input[axis] === 0 ? seen[axis] : padBegin[axis])),
    ...{ paddingMode, paddingValue, layout, dtype, epilogue },
    depthwise: C === groups,
    x: { operand: "x", start: 0, group: (C / groups) * x.channel, ...x },
    w: {
      operand: "w",
      start: flipped ? last : 0,
      group: (K / groups) * w.outputChannel,
      outputChannel: w.outputChannel,
      inputChannel: w.inputChannel,
      taps: flipped ? negated(w.taps) : w.taps,
    },
    y: { operand: "y", start: 0, group: (K / groups) * y.channel, ...y },
    sizes,
    ...gatedOperand(problem),
  };
}

/**
 * The operand that an activation gradient applies to, by its role in the correlation: dy takes the role of the weights in the backward-weights
 * pass, and that of the input elsewhere.
 */
export function gatedOperand({ activationGradient, pass }: ConvProblem): Pick<Correlation, "gated"> {
  if (!activationGradient) return {};
  const role = pass === "backward-weights" && activationGradient.operand === "dy" ? "w" : "x";
  return { gated: { role, by: activationGradient } };
}

function negated([d, h, w]: Triple): Triple {
  return [-d, -h, -w];
}
