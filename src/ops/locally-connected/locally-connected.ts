// Locally connected layers, convolutions whose weights are not shared, and their gradients (LeCun, Generalization and Network Design
// Strategies, 1989; Goodfellow, Bengio and Courville, Deep Learning, section 9.5, "unshared convolution").
//
// The weights are what has to be loaded, once for each image unless images share them: an invocation computes one output of BATCH images.
// They lie so that neighbouring invocations load neighbouring weights: [K, C/groups * taps, ...output] where cells are innermost in x and y,
// terms in the order of torch.nn.functional.unfold, and [...output, taps * C/groups, K] where channels are, as in Keras's
// LocallyConnected1D and 2D.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { ConvProblem } from "../../problem/problem.ts";
import { tensorShape } from "../../problem/problem.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
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
import { batchSum } from "../shared/batch-sum.ts";
import { given } from "../shared/composition.ts";
import { checkLike, checkMap, mapConstants, mapWords } from "../shared/feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, type Recipe, whole } from "../../gpu/operation.ts";
import localBiasShader from "../../../shaders/ops/locally-connected/local-bias.wgsl";
import noLocalBiasShader from "../../../shaders/ops/locally-connected/no-local-bias.wgsl";
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import localShader from "../../../shaders/ops/locally-connected/local.wgsl";

export interface LocallyConnectedOptions extends LocalOptions {
  /** A number for every output: [K, ...output], or [...output, K]. */
  bias?: Tensor;
}

export interface LocallyConnectedBackwardDataOptions extends LocalOptions {
  /** The shape of the layer's x. */
  inputShape: readonly number[];
}

/** Input channels whose weights' gradients an invocation computes for one output. */
const CHANNELS = 8;

/** Images whose outputs an invocation computes with weights that it loads once. */
const BATCH = 4;

/**
 * A convolution with weights of its own for every output.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param w [K, C/groups * taps, ...output], or [...output, taps * C/groups, K]: the taps of a window in row-major order
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the argument that does not fit
 */
export function locallyConnected(
  x: Tensor,
  w: Tensor,
  options: LocallyConnectedOptions,
): Tensor {
  checkOptions("options", options, [...LOCAL_KEYS, "bias"]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const weights = checkTensor("w", w);
  const problem = localProblem(
    "x.shape",
    tensor.shape,
    layout,
    localChannels(weights.shape, layout),
    given(options, LOCAL_KEYS),
  );
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
      recipeOf(
        "locally-connected",
        problem,
        dtype,
        elementCount(shape) * Math.ceil(problem.N / BATCH),
        [...[whole("x", tensor), whole("w", weights)], ...(bias ? [whole("bias", bias)] : []), whole("y", y)],
        bias ? localBiasShader : noLocalBiasShader,
      ),
  }).y;
}

/**
 * The gradient of `locallyConnected` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param w its weights
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
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
  const problem = localProblem("inputShape", options.inputShape, layout, K, given(options, LOCAL_KEYS));
  const gradient = checkGradient(dy, problem);
  checkWeights(weights, problem, gradient);
  const dx = { shape: [...options.inputShape], layout, dtype };
  return run({
    name: "locallyConnectedBackwardData",
    inputs: { dy: gradient, w: weights },
    results: { dx },
    parameters: problem,
    recipe: () =>
      recipeOf(
        "locally-connected-backward-data",
        problem,
        dtype,
        (elementCount(dx.shape) / problem.N) * Math.ceil(problem.N / BATCH),
        [whole("dy", gradient), whole("w", weights), whole("dx", dx)],
      ),
  }).dx;
}

/**
 * The gradient of `locallyConnected` with respect to its w.
 *
 * @param x its input
 * @param dy the gradient of its result
 * @returns a new tensor in the shape of its w
 * @throws ConvError naming the argument that does not fit
 */
export function locallyConnectedBackwardWeights(
  x: Tensor,
  dy: Tensor,
  options: LocalOptions,
): Tensor {
  checkOptions("options", options, LOCAL_KEYS);
  const { tensor } = checkMap("x", x);
  const { map } = checkMap("dy", dy);
  const { layout, dtype } = tensor;
  const problem = localProblem("x.shape", tensor.shape, layout, map.channels, given(options, LOCAL_KEYS));
  const gradient = checkGradient(dy, problem, tensor.dtype);
  const dw = { shape: localShape(problem), layout, dtype };
  return run({
    name: "locallyConnectedBackwardWeights",
    inputs: { x: tensor, dy: gradient },
    results: { dw },
    parameters: problem,
    recipe: () =>
      recipeOf(
        "locally-connected-backward-weights",
        problem,
        dtype,
        elementCount(localBiasShape(problem)) * Math.ceil(problem.C / problem.groups / CHANNELS),
        [...[whole("x", tensor), whole("dy", gradient), whole("dw", dw)]],
      ),
  }).dw;
}

/**
 * The gradient of `locallyConnected` with respect to its bias: the sum of dy over the batch.
 *
 * @param dy the gradient of its result
 * @returns a new tensor [K, ...output], or [...output, K]
 */
export function locallyConnectedBackwardBias(dy: Tensor): Tensor {
  const { tensor } = checkMap("dy", dy);
  const { layout, dtype, shape } = tensor;
  return batchSum("locallyConnectedBackwardBias", tensor, { shape: shape.slice(1), layout, dtype });
}

function checkWeights(w: Tensor, problem: ConvProblem, { layout, dtype }: Tensor): void {
  checkLocalShape("w.shape", w.shape, problem);
  checkLike("w", w, { shape: w.shape, layout, dtype }, "as the others");
}

function checkGradient(dy: unknown, problem: ConvProblem, dtype?: Tensor["dtype"]): Tensor {
  const { layout } = problem;
  const own = checkTensor("dy", dy).dtype;
  const y = { shape: tensorShape(problem, "y"), layout, dtype: dtype ?? own };
  return checkLike("dy", dy, y, "the result of this layer");
}

function recipeOf(
  kernel: string,
  problem: ConvProblem,
  dtype: Tensor["dtype"],
  threads: number,
  ranges: Range[],
  ...parts: string[]
): Recipe {
  const { N, C, K, groups, rank, layout, input, output, stride, dilation, padBegin } = problem;
  const map = (channels: number, size: ConvProblem["input"]) => ({ N, channels, size, rank, layout });
  const step = dispatch({
    shaders: [featureMapShader, localShader, ...parts, `ops/${kernel}`],
    constants: { ...mapConstants(map(C, input)), BATCH, HELD: Math.min(N, BATCH), CHANNELS },
    aliases: { E: elementTypes(dtype).one },
    ranges,
    uniforms: [
      ...mapWords(map(C, input)),
      ...mapWords(map(K, output)),
      ...[threads, N, groups, C / groups, K / groups],
      ...[...problem.kernel, ...stride, ...dilation, ...padBegin],
    ],
    threads,
  });
  return { steps: [step] };
}
