// Softmax along an axis, its logarithm, and the gradients of both.
import lineNormShader from "../../../shaders/ops/shared/line-norm.wgsl";
import softmaxBackwardShader from "../../../shaders/ops/softmax/softmax-backward.wgsl";
import softmaxShader from "../../../shaders/ops/softmax/softmax.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import { checkLike } from "../shared/feature-map.ts";
import { axisOf, linesAlong } from "../shared/geometry/axis.ts";
import { laneMapping } from "../shared/lines.ts";

/** The options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** The axis, in the shape of the tensor, along which the result adds up to 1; counted from the end if negative. Default: the channels. */
  axis?: number;
}

/** The options of the gradients of `softmax` and `logSoftmax`. */
export interface SoftmaxBackwardOptions extends SoftmaxOptions {
  /** The result of the forward operation. */
  output: Tensor;
}

/**
 * Softmax along an axis: exp(x) / sum exp(x). The largest element of each line is subtracted first, so no exponential overflows; the sum is
 * updated with each block of elements (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018, algorithm 3). A line that contains
 * NaN, or only -Infinity, becomes NaN.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const probabilities = softmax(logits, { axis: -1 });
 */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return forward("softmax", x, options);
}

/**
 * Logarithm of the softmax along an axis: x - log(sum exp(x)), accurate for improbable elements too.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const logProbabilities = logSoftmax(logits);
 */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return forward("logSoftmax", x, options);
}

/**
 * Gradient of `softmax` with respect to x: y * (dy - sum(y * dy)).
 *
 * @param dy gradient of the result
 * @param options the axis and the result of the forward operation
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example const dx = softmaxBackward(dy, { output: probabilities });
 */
export function softmaxBackward(dy: Tensor, options: SoftmaxBackwardOptions): Tensor {
  return backward("softmaxBackward", dy, options);
}

/**
 * Gradient of `logSoftmax` with respect to x: dy - exp(y) * sum(dy).
 *
 * @param dy gradient of the result
 * @param options the axis and the result of the forward operation
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example const dx = logSoftmaxBackward(dy, { output: logProbabilities });
 */
export function logSoftmaxBackward(dy: Tensor, options: SoftmaxBackwardOptions): Tensor {
  return backward("logSoftmaxBackward", dy, options);
}

function forward(name: "softmax" | "logSoftmax", x: Tensor, options: SoftmaxOptions): Tensor {
  checkOptions("options", options, ["axis"]);
  const { shape, layout } = checkTensor("x", x);
  const axis = axisOf(options.axis, shape, layout);
  return run({
    name,
    inputs: { x },
    results: { y: x },
    parameters: axis,
    recipe: () =>
      recipeOf([lineNormShader, softmaxShader], name === "logSoftmax", x, axis, [whole("x", x), whole("y", x)]),
  }).y;
}

function backward(name: "softmaxBackward" | "logSoftmaxBackward", dy: Tensor, options: SoftmaxBackwardOptions): Tensor {
  checkOptions("options", options, ["axis", "output"]);
  const { shape, layout } = checkTensor("dy", dy);
  const axis = axisOf(options.axis, shape, layout);
  const output = checkLike("output", options.output, dy, "as dy");
  const ranges = [whole("dy", dy), whole("output", output), whole("dx", dy)];
  return run({
    name,
    inputs: { dy, output },
    results: { dx: dy },
    parameters: axis,
    recipe: () => recipeOf([softmaxBackwardShader], name === "logSoftmaxBackward", dy, axis, ranges),
  }).dx;
}

function recipeOf(
  own: readonly Shader[],
  LOGARITHM: boolean,
  x: Tensor,
  axis: number,
  ranges: readonly Range[],
): Recipe {
  const { aliases, shaders, constants, uniforms, workgroups } = laneMapping(linesAlong(x.shape, axis), x);
  const step = dispatch({
    shaders: [...shaders, ...own],
    constants: { ...constants, LOGARITHM },
    aliases,
    ranges,
    uniforms,
    workgroups,
  });
  return { steps: [step] };
}
