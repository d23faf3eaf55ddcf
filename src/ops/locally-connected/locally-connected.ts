// Locally connected layers, convolutions whose weights are not shared, and their gradients (LeCun, Generalization and Network Design
// Strategies, 1989; Goodfellow, Bengio and Courville, Deep Learning, section 9.5, "unshared convolution").
//
// Loading the weights dominates, and only images can share them: an invocation computes one output of BATCH images. Weights are stored so
// that neighbouring invocations load neighbouring weights: [K, C/groups * taps, ...output] where cells are innermost in x and y, terms in
// the order of torch.nn.functional.unfold, and [...output, taps * C/groups, K] where channels are, as in Keras's LocallyConnected1D and 2D.
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import localBiasShader from "../../../shaders/ops/locally-connected/local-bias.wgsl";
import localShader from "../../../shaders/ops/locally-connected/local.wgsl";
import backwardDataShader from "../../../shaders/ops/locally-connected/locally-connected-backward-data.wgsl";
import backwardWeightsShader from "../../../shaders/ops/locally-connected/locally-connected-backward-weights.wgsl";
import locallyConnectedShader from "../../../shaders/ops/locally-connected/locally-connected.wgsl";
import noLocalBiasShader from "../../../shaders/ops/locally-connected/no-local-bias.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import type { Dtype } from "../../base/dtype.ts";
import { pick } from "../../base/pick.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant } from "../../kernel/step.ts";
import { type ConvProblem, tensorShape } from "../../problem/problem.ts";
import { batchSum } from "../shared/batch-sum.ts";
import { checkLike, checkMap, mapConstants, mapUniforms } from "../shared/feature-map.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import {
  LOCAL_KEYS,
  type LocalOptions,
  checkLocalShape,
  localBiasShape,
  localChannels,
  localProblem,
  localShape,
} from "./geometry.ts";

/** The options of `locallyConnected`. */
export interface LocallyConnectedOptions extends LocalOptions {
  /** One value for each output: [K, ...output], or [...output, K]. */
  bias?: Tensor;
}

/** The options of `locallyConnectedBackwardData`. */
export interface LocallyConnectedBackwardDataOptions extends LocalOptions {
  /** The shape of the layer's x. */
  inputShape: readonly number[];
}

/** Input channels whose weight gradients an invocation computes for one output. */
const CHANNELS = 8;

/** The most images whose outputs an invocation computes with weights that it loads once. */
const BATCH = 4;

/**
 * A convolution in which each output has its own weights.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param w [K, C/groups * taps, ...output], or [...output, taps * C/groups, K]: the taps of a window in row-major order
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the invalid argument
 * @example
 * // x [1, 3, 8, 8]; w [16, 3 * 9, 6, 6]
 * const y = locallyConnected(x, w, { kernelSize: 3 }); // [1, 16, 6, 6]
 */
export function locallyConnected(x: Tensor, w: Tensor, options: LocallyConnectedOptions): Tensor {
  checkOptions("options", options, [...LOCAL_KEYS, "bias"]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const weights = checkTensor("w", w);
  const K = localChannels(weights.shape, layout);
  const problem = localProblem("x.shape", tensor.shape, layout, K, pick(options, LOCAL_KEYS));
  checkWeights(weights, problem, tensor);
  const { bias } = options;
  const shape = localBiasShape(problem);
  if (bias !== undefined) checkLike("bias", bias, { shape, layout, dtype }, "a number for every output");
  const y = { shape: tensorShape(problem, "y"), layout, dtype };
  return run({
    name: "locallyConnected",
    inputs: { x: tensor, w: weights, ...(bias && { bias }) },
    results: { y },
    parameters: problem,
    recipe: () =>
      recipeOf(problem, dtype, {
        shaders: [bias ? localBiasShader : noLocalBiasShader, locallyConnectedShader],
        constants: { BATCH: imagesOf(problem), STEP: stepOf(problem.C / problem.groups) },
        ranges: [whole("x", tensor), whole("w", weights), ...(bias ? [whole("bias", bias)] : []), whole("y", y)],
        threads: elementCount(shape) * Math.ceil(problem.N / imagesOf(problem)),
      }),
  }).y;
}

/**
 * The gradient of `locallyConnected` with respect to its x.
 *
 * @param dy the gradient of the result of `locallyConnected`
 * @param w its weights
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = locallyConnectedBackwardData(dy, w, { kernelSize: 3, inputShape: x.shape });
 */
export function locallyConnectedBackwardData(
  dy: Tensor,
  w: Tensor,
  options: LocallyConnectedBackwardDataOptions,
): Tensor {
  checkOptions("options", options, [...LOCAL_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  mapOfShape("inputShape", options.inputShape, layout);
  const weights = checkTensor("w", w);
  const K = localChannels(weights.shape, layout);
  const problem = localProblem("inputShape", options.inputShape, layout, K, pick(options, LOCAL_KEYS));
  const gradient = checkGradient(dy, problem);
  checkWeights(weights, problem, gradient);
  const dx = { shape: [...options.inputShape], layout, dtype };
  return run({
    name: "locallyConnectedBackwardData",
    inputs: { dy: gradient, w: weights },
    results: { dx },
    parameters: problem,
    recipe: () =>
      recipeOf(problem, dtype, {
        shaders: [backwardDataShader],
        constants: { BATCH: imagesOf(problem), STEP: stepOf(problem.K / problem.groups) },
        ranges: [whole("dy", gradient), whole("w", weights), whole("dx", dx)],
        threads: (elementCount(dx.shape) / problem.N) * Math.ceil(problem.N / imagesOf(problem)),
      }),
  }).dx;
}

/**
 * The gradient of `locallyConnected` with respect to its w.
 *
 * @param x the input of `locallyConnected`
 * @param dy the gradient of its result
 * @returns a new tensor in the shape of w
 * @throws ConvError naming the invalid argument
 * @example
 * const dw = locallyConnectedBackwardWeights(x, dy, { kernelSize: 3 });
 */
export function locallyConnectedBackwardWeights(x: Tensor, dy: Tensor, options: LocalOptions): Tensor {
  checkOptions("options", options, LOCAL_KEYS);
  const { tensor } = checkMap("x", x);
  const { map } = checkMap("dy", dy);
  const { layout, dtype } = tensor;
  const problem = localProblem("x.shape", tensor.shape, layout, map.channels, pick(options, LOCAL_KEYS));
  const gradient = checkGradient(dy, problem, tensor.dtype);
  const dw = { shape: localShape(problem), layout, dtype };
  return run({
    name: "locallyConnectedBackwardWeights",
    inputs: { x: tensor, dy: gradient },
    results: { dw },
    parameters: problem,
    recipe: () =>
      recipeOf(problem, dtype, {
        shaders: [backwardWeightsShader],
        constants: { CHANNELS, HELD: imagesOf(problem) },
        ranges: [whole("x", tensor), whole("dy", gradient), whole("dw", dw)],
        threads: elementCount(localBiasShape(problem)) * Math.ceil(problem.C / problem.groups / CHANNELS),
      }),
  }).dw;
}

/**
 * The gradient of `locallyConnected` with respect to its bias: the sum of dy over the batch.
 *
 * @param dy the gradient of the result of `locallyConnected`
 * @returns a new tensor [K, ...output], or [...output, K]
 * @throws ConvError naming the invalid argument
 * @example
 * const db = locallyConnectedBackwardBias(dy);
 */
export function locallyConnectedBackwardBias(dy: Tensor): Tensor {
  const { tensor } = checkMap("dy", dy);
  const { layout, dtype, shape } = tensor;
  return batchSum("locallyConnectedBackwardBias", tensor, { shape: shape.slice(1), layout, dtype });
}

/** Channels of a sum that are loaded at once. */
function stepOf(channels: number): number {
  return [4, 3, 2].find((step) => channels % step === 0) ?? 1;
}

/** Images that an invocation computes. */
function imagesOf({ N }: ConvProblem): number {
  return Math.max(1, Math.min(N, BATCH));
}

function checkWeights(w: Tensor, problem: ConvProblem, { layout, dtype }: Tensor): void {
  checkLocalShape("w.shape", w.shape, problem);
  checkLike("w", w, { shape: w.shape, layout, dtype }, "as the others");
}

function checkGradient(dy: unknown, problem: ConvProblem, dtype?: Dtype): Tensor {
  const { layout } = problem;
  const own = checkTensor("dy", dy).dtype;
  const y = { shape: tensorShape(problem, "y"), layout, dtype: dtype ?? own };
  return checkLike("dy", dy, y, "the result of this layer");
}

interface LocalKernel {
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly ranges: readonly Range[];
  readonly threads: number;
}

/** The recipe of a call: a single step. */
function recipeOf(problem: ConvProblem, dtype: Dtype, { shaders, constants, ranges, threads }: LocalKernel): Recipe {
  const { N, C, K, groups, rank, layout, input, output, kernel, stride, dilation, padBegin } = problem;
  const x = { N, channels: C, size: input, rank, layout };
  const step = dispatch({
    shaders: [featureMapShader, localShader, ...shaders],
    constants: { ...mapConstants(x), ...constants },
    aliases: { E: elementTypes(dtype).one },
    ranges,
    uniforms: {
      input: mapUniforms(x),
      output: mapUniforms({ ...x, channels: K, size: output }),
      batch: N,
      groupC: C / groups,
      groupK: K / groups,
      ...alongAxes("kernel", kernel),
      ...alongAxes("stride", stride),
      ...alongAxes("dilation", dilation),
      ...alongAxes("begin", padBegin),
    },
    threads,
  });
  return { steps: [step] };
}
