// Convolution and transposed convolution on NdArrays, with the engine's options and geometry.
import { checkOptions } from "../base/validate.ts";
import type { ActivationOption } from "../problem/activation.ts";
import { GEOMETRY_KEYS, type GeometryOptions, type Layout, convProblem, tensorShape } from "../problem/problem.ts";
import { transposedProblem } from "../problem/transposed.ts";
import { type EpilogueOperands, forward, transposed } from "./epilogue.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs, toFloat64 } from "./ndarray.ts";

/** Options of every convolution and gradient. */
export interface ReferenceOptions extends GeometryOptions {
  /** The layout of every array of the call, "channels-first" by default. */
  layout?: Layout;
}

/** Options of conv: activation(conv(x, w) + bias + residual). */
export interface ReferenceConvOptions extends ReferenceOptions {
  /** One number for each output channel: plain numbers, or an NdArray of shape [K]. */
  bias?: ArrayLike<number> | NdArray;
  /** An array of the result's shape, added before the activation. */
  residual?: NdArray;
  activation?: ActivationOption;
}

/** Options of convTranspose. */
export interface ReferenceTransposeOptions extends ReferenceConvOptions {
  /** Extra cells at the end of each output axis, fewer than its stride or its dilation; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, to choose among several possible ones. */
  outputShape?: readonly number[];
}

/** The keys of ReferenceOptions. */
export const OPTION_KEYS = [...GEOMETRY_KEYS, "layout"] as const;
const CONV_KEYS = [...OPTION_KEYS, "bias", "residual", "activation"];

/** The ranks of feature maps. */
export const RANKS = [3, 4, 5];

/** The values of bias and residual, their shapes checked against the result's. */
function epilogueOperands(
  options: ReferenceConvOptions,
  channels: number,
  resultShape: readonly number[],
): EpilogueOperands {
  const { bias, residual } = options;
  const operands: { bias?: ArrayLike<number>; residual?: ArrayLike<number> } = {};
  if (bias !== undefined) {
    const isNdArray = typeof bias === "object" && bias !== null && "shape" in bias;
    const array = isNdArray ? checkNdArray("bias", bias, [1]) : undefined;
    if (array) checkShapeIs("bias", array.shape, [channels]);
    operands.bias = array?.data ?? toFloat64("bias", bias as ArrayLike<number>, channels);
  }
  if (residual !== undefined) {
    const array = checkNdArray("residual", residual, RANKS);
    checkShapeIs("residual", array.shape, resultShape);
    operands.residual = array.data;
  }
  return operands;
}

/** Converts the options to those of a descriptor, in which bias and residual are booleans. */
function described(options: ReferenceConvOptions) {
  return { ...options, bias: options.bias !== undefined, residual: options.residual !== undefined };
}

/**
 * Convolves in 1, 2 or 3 dimensions, by the rank of x: activation(conv(x, w) + bias + residual).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C] with layout "channels-last"
 * @param w [K, C/groups, ...kernel], or [...kernel, C/groups, K]
 * @returns y [N, K, ...spatial] or [N, ...spatial, K], in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const y = conv({ data: [1, 2, 3, 4], shape: [1, 1, 4] }, { data: [1, 1], shape: [1, 1, 2] }); // 3, 5, 7
 */
export function conv(x: NdArray, w: NdArray, options: ReferenceConvOptions = {}): Float64NdArray {
  checkOptions("options", options, CONV_KEYS);
  const input = checkNdArray("x", x, RANKS);
  const kernel = checkNdArray("w", w, [input.shape.length]);
  const problem = convProblem("forward", { ...described(options), inputShape: input.shape, kernelShape: kernel.shape });
  const shape = tensorShape(problem, "y");
  const operands = epilogueOperands(options, problem.K, shape);
  return { data: forward(problem, input.data, kernel.data, operands), shape };
}

/**
 * Computes a transposed convolution: the backward-data pass of the convolution from its output to its input, then the epilogue.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C] with layout "channels-last"
 * @param w [C, K/groups, ...kernel], or [...kernel, K/groups, C]
 * @returns y [N, K, ...spatial] or [N, ...spatial, K], in float64; each axis has
 * (size - 1) * stride - begin - end + dilation * (kernel - 1) + outputPadding + 1 cells unless outputShape says otherwise
 * @throws ConvError naming the argument that does not fit
 * @example
 * const y = convTranspose({ data: [1, 2], shape: [1, 1, 2] }, { data: [1, 1], shape: [1, 1, 2] }, { stride: 2 }); // 1, 1, 2, 2
 */
export function convTranspose(x: NdArray, w: NdArray, options: ReferenceTransposeOptions = {}): Float64NdArray {
  checkOptions("options", options, [...CONV_KEYS, "outputPadding", "outputShape"]);
  const input = checkNdArray("x", x, RANKS);
  const kernel = checkNdArray("w", w, [input.shape.length]);
  const problem = transposedProblem({ ...described(options), inputShape: input.shape, kernelShape: kernel.shape });
  const shape = tensorShape(problem, "x");
  const operands = epilogueOperands(options, problem.C, shape);
  return { data: transposed(problem, input.data, kernel.data, operands), shape };
}
