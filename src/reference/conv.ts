import { elementCount } from "../base/shape.ts";
import { checkOneOf, checkOptions } from "../base/validate.ts";
// The operations as a user calls them: arrays with shapes and the engine's options, turned into the same canonical geometry.
import type { ActivationOption } from "../problem/activation.ts";
import {
  type GeometryOptions,
  type Layout,
  GEOMETRY_KEYS,
  LAYOUTS,
  convProblem,
  splitShape,
  tensorShape,
} from "../problem/problem.ts";
import { transposedProblem } from "../problem/transposed.ts";
import { type EpilogueOperands, forward, transposed } from "./epilogue.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs, toFloat64 } from "./ndarray.ts";
import { backwardData, backwardWeights, channelSums } from "./passes.ts";

/** Options of every operation. */
export interface ReferenceOptions extends GeometryOptions {
  /** The layout of every array of the call, "channels-first" unless given. */
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
  /** Extra cells at the end of each output axis, below the stride; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, where several are possible. */
  outputShape?: readonly number[];
}

const OPTION_KEYS = [...GEOMETRY_KEYS, "layout"];
const CONV_KEYS = [...OPTION_KEYS, "bias", "residual", "activation"];
const RANKS = [3, 4, 5];

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

/** Options without bias and residual, as a descriptor has them: whether they are there. */
function described(options: ReferenceConvOptions) {
  return { ...options, bias: options.bias !== undefined, residual: options.residual !== undefined };
}

/**
 * Convolution in 1, 2 or 3 dimensions by the rank of x: activation(conv(x, w) + bias + residual).
 * @param x [N, C, ...spatial], or [N, ...spatial, C] with layout "channels-last".
 * @param w [K, C/groups, ...kernel], or [...kernel, C/groups, K].
 * @returns y [N, K, ...spatial] or [N, ...spatial, K], in float64.
 * @throws ConvError naming the argument that does not fit.
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
 * Transposed convolution: the backward-data pass of the mirrored convolution, with the epilogue on its result.
 * @param x [N, C, ...spatial], or [N, ...spatial, C] with layout "channels-last".
 * @param w [C, K/groups, ...kernel], or [...kernel, K/groups, C].
 * @returns y [N, K, ...spatial] or [N, ...spatial, K], in float64; each axis has
 * (size - 1) * stride - begin - end + dilation * (kernel - 1) + outputPadding + 1 cells unless outputShape says so.
 * @throws ConvError naming the argument that does not fit.
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

/**
 * The gradient of conv with respect to its input.
 * @param dy the gradient of the result, before any activation: y's shape.
 * @param w the kernel of the convolution.
 * @param options those of the convolution, and the shape of its input.
 * @returns dx of shape `inputShape`, in float64.
 * @throws ConvError naming the argument that does not fit.
 */
export function convBackwardData(
  dy: NdArray,
  w: NdArray,
  options: ReferenceOptions & { inputShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...OPTION_KEYS, "inputShape"]);
  const gradient = checkNdArray("dy", dy, RANKS);
  const kernel = checkNdArray("w", w, [gradient.shape.length]);
  const problem = convProblem("backward-data", { ...options, kernelShape: kernel.shape });
  checkShapeIs("dy", gradient.shape, tensorShape(problem, "y"));
  return { data: backwardData(problem, gradient.data, kernel.data), shape: tensorShape(problem, "x") };
}

/**
 * The gradient of conv with respect to its kernel.
 * @param x the input of the convolution.
 * @param dy the gradient of the result, before any activation: y's shape.
 * @param options those of the convolution, and the shape of its kernel.
 * @returns dw of shape `kernelShape`, in float64.
 * @throws ConvError naming the argument that does not fit.
 */
export function convBackwardWeights(
  x: NdArray,
  dy: NdArray,
  options: ReferenceOptions & { kernelShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...OPTION_KEYS, "kernelShape"]);
  const input = checkNdArray("x", x, RANKS);
  const gradient = checkNdArray("dy", dy, [input.shape.length]);
  const problem = convProblem("backward-weights", { ...options, inputShape: input.shape });
  checkShapeIs("dy", gradient.shape, tensorShape(problem, "y"));
  return { data: backwardWeights(problem, input.data, gradient.data), shape: tensorShape(problem, "w") };
}

/**
 * The gradient of conv with respect to its bias: the sum of dy over batch and positions.
 * @param dy [N, K, ...spatial], or [N, ...spatial, K] with layout "channels-last".
 * @returns db of shape [K], in float64.
 * @throws ConvError naming the argument that does not fit.
 */
export function convBackwardBias(dy: NdArray, options: { layout?: Layout } = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  const layout = checkOneOf("layout", options.layout ?? "channels-first", LAYOUTS);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const { N, channels, spatial } = splitShape(shape, layout);
  return { data: channelSums(data, N, channels, elementCount(spatial), layout), shape: [channels] };
}
