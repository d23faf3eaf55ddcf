// The gradients of convolution and of transposed convolution on NdArrays. A transposed convolution is the adjoint of a convolution, so its
// gradients are the other passes of that convolution (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", section 4):
//
//   convTranspose(x, w)                   <-> backward-data pass of (dy = x, w)
//   convTransposeBackwardData(dy, w)      <-> forward pass of (x = dy, w)
//   convTransposeBackwardWeights(x, dy)   <-> backward-weights pass of (x = dy, dy = x)
import { pick } from "../base/pick.ts";
import { elementCount } from "../base/shape.ts";
import { checkOneOf, checkOptions } from "../base/validate.ts";
import { LAYOUTS, type Layout, convProblem, splitShape, tensorShape } from "../problem/problem.ts";
import { transposedGradient } from "../problem/transposed.ts";
import { GRADIENT_KEYS, type ReferenceActivationGradientOptions, throughActivation } from "./activation-gradient.ts";
import { OPTION_KEYS, RANKS, type ReferenceOptions } from "./conv.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "./ndarray.ts";
import { backwardData, backwardWeights, channelSums, forwardSum } from "./passes.ts";

/** Options of every gradient except that of the bias. */
export interface ReferenceGradientOptions extends ReferenceOptions, ReferenceActivationGradientOptions {}

/** Options of the gradient of convTranspose with respect to its input. */
export interface ReferenceTransposeDataGradientOptions extends ReferenceGradientOptions {
  /** The outputPadding of the transposed convolution. */
  outputPadding?: number | readonly number[];
  /** The shape of its x; only needed where its outputShape has as many extra cells as the stride. */
  inputShape?: readonly number[];
}

/** Options of the gradient of convTranspose with respect to its kernel. */
export interface ReferenceTransposeWeightGradientOptions extends ReferenceWeightGradientOptions {
  /** The outputPadding of the transposed convolution; follows from the shapes unless given. */
  outputPadding?: number | readonly number[];
}

/** Options of the gradients with respect to a kernel. */
export interface ReferenceWeightGradientOptions extends ReferenceGradientOptions {
  kernelShape: readonly number[];
}

const KEYS = [...OPTION_KEYS, ...GRADIENT_KEYS];

/** Checks dy and passes it back through the activation, if one is given. */
function gradientOf(dy: NdArray, rank: readonly number[], options: ReferenceActivationGradientOptions): Float64NdArray {
  const { data, shape } = checkNdArray("dy", dy, rank);
  return checkNdArray("dy", throughActivation({ data, shape }, options), rank);
}

/** Reads what the gradients with respect to an input are computed from. */
function readDataGradient(
  dy: NdArray,
  w: NdArray,
  options: ReferenceGradientOptions,
  keys: readonly string[],
): { gradient: Float64NdArray; kernel: Float64NdArray } {
  checkOptions("options", options, keys);
  const gradient = gradientOf(dy, RANKS, options);
  return { gradient, kernel: checkNdArray("w", w, [gradient.shape.length]) };
}

/** Reads what the gradients with respect to a kernel are computed from. */
function readWeightGradient(
  x: NdArray,
  dy: NdArray,
  options: ReferenceWeightGradientOptions,
  keys: readonly string[],
): { input: Float64NdArray; gradient: Float64NdArray } {
  checkOptions("options", options, [...KEYS, "kernelShape", ...keys]);
  const input = checkNdArray("x", x, RANKS);
  return { input, gradient: gradientOf(dy, [input.shape.length], options) };
}

/**
 * The gradient of conv with respect to its input.
 *
 * @param dy the gradient of the result, in y's shape; of the activation's output if `activation` is given
 * @param w the kernel of the convolution
 * @param options those of the convolution, and the shape of its input
 * @returns dx of shape `inputShape`, in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dx = convBackwardData(dy, w, { padding: 1, inputShape: x.shape });
 */
export function convBackwardData(
  dy: NdArray,
  w: NdArray,
  options: ReferenceGradientOptions & { inputShape: readonly number[] },
): Float64NdArray {
  const { gradient, kernel } = readDataGradient(dy, w, options, [...KEYS, "inputShape"]);
  const problem = convProblem("backward-data", {
    ...pick(options, [...OPTION_KEYS, "inputShape"]),
    kernelShape: kernel.shape,
  });
  checkShapeIs("dy", gradient.shape, tensorShape(problem, "y"));
  return { data: backwardData(problem, gradient.data, kernel.data), shape: tensorShape(problem, "x") };
}

/**
 * The gradient of conv with respect to its kernel.
 *
 * @param x the input of the convolution
 * @param dy the gradient of the result, in y's shape; of the activation's output if `activation` is given
 * @param options those of the convolution, and the shape of its kernel
 * @returns dw of shape `kernelShape`, in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dw = convBackwardWeights(x, dy, { padding: 1, kernelShape: w.shape });
 */
export function convBackwardWeights(x: NdArray, dy: NdArray, options: ReferenceWeightGradientOptions): Float64NdArray {
  const { input, gradient } = readWeightGradient(x, dy, options, []);
  const problem = convProblem("backward-weights", {
    ...pick(options, [...OPTION_KEYS, "kernelShape"]),
    inputShape: input.shape,
  });
  checkShapeIs("dy", gradient.shape, tensorShape(problem, "y"));
  return { data: backwardWeights(problem, input.data, gradient.data), shape: tensorShape(problem, "w") };
}

/**
 * The gradient of conv or convTranspose with respect to its bias: the sum of dy over batch and positions.
 *
 * @param dy [N, K, ...spatial], or [N, ...spatial, K] with layout "channels-last"; of the activation's output if `activation` is given
 * @returns db of shape [K], in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const db = convBackwardBias(dy);
 */
export function convBackwardBias(
  dy: NdArray,
  options: { layout?: Layout } & ReferenceActivationGradientOptions = {},
): Float64NdArray {
  checkOptions("options", options, ["layout", ...GRADIENT_KEYS]);
  const layout = checkOneOf("layout", options.layout ?? "channels-first", LAYOUTS);
  const { data, shape } = gradientOf(dy, RANKS, options);
  const { N, channels, spatial } = splitShape(shape, layout);
  return { data: channelSums(data, N, channels, elementCount(spatial), layout), shape: [channels] };
}

/**
 * The gradient of convTranspose with respect to its input.
 *
 * @param dy the gradient of the result, in y's shape; of the activation's output if `activation` is given
 * @param w the kernel of the transposed convolution
 * @param options the geometry of the transposed convolution
 * @returns dx in the shape of x, in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dx = convTransposeBackwardData(dy, w, { stride: 2 });
 */
export function convTransposeBackwardData(
  dy: NdArray,
  w: NdArray,
  options: ReferenceTransposeDataGradientOptions = {},
): Float64NdArray {
  const { gradient, kernel } = readDataGradient(dy, w, options, [...KEYS, "outputPadding", "inputShape"]);
  const problem = transposedGradient(
    "forward",
    { ...pick(options, OPTION_KEYS), inputShape: gradient.shape, kernelShape: kernel.shape },
    options.outputPadding,
    options.inputShape,
    { input: "dy.shape", kernel: "w.shape", given: "inputShape" },
  );
  return { data: forwardSum(problem, gradient.data, kernel.data), shape: tensorShape(problem, "y") };
}

/**
 * The gradient of convTranspose with respect to its kernel.
 *
 * @param x the input of the transposed convolution
 * @param dy the gradient of the result, in y's shape; of the activation's output if `activation` is given
 * @param options the geometry of the transposed convolution, and the shape of its kernel
 * @returns dw of shape `kernelShape`, in float64
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dw = convTransposeBackwardWeights(x, dy, { stride: 2, kernelShape: w.shape });
 */
export function convTransposeBackwardWeights(
  x: NdArray,
  dy: NdArray,
  options: ReferenceTransposeWeightGradientOptions,
): Float64NdArray {
  const { input, gradient } = readWeightGradient(x, dy, options, ["outputPadding"]);
  const problem = transposedGradient(
    "backward-weights",
    { ...pick(options, [...OPTION_KEYS, "kernelShape"]), inputShape: gradient.shape },
    options.outputPadding,
    input.shape,
    { input: "dy.shape", kernel: "kernelShape", given: "x.shape" },
  );
  return { data: backwardWeights(problem, gradient.data, input.data), shape: tensorShape(problem, "w") };
}
