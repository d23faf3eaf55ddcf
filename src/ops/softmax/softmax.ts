// Softmax along an axis, its logarithm, and their gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { axisOf, linesAlong } from "../shared/geometry/axis.ts";
import { checkLike } from "../shared/feature-map.ts";
import { laneWork } from "../shared/lines.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, type TensorDescription, whole } from "../../gpu/operation.ts";

export interface SoftmaxOptions {
  /** The axis of the tensor's own shape that adds up to 1, counted from the end where negative; the channels unless given. */
  axis?: number;
}

export interface SoftmaxBackwardOptions extends SoftmaxOptions {
  /** The result of the forward operation. */
  output: Tensor;
}

/**
 * exp(x) / sum exp(x) along an axis, computed by the largest element of each line, so that no exponential overflows. A line with NaN, or of
 * -Infinity alone, is NaN.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return forward("softmax", x, options);
}

/**
 * log(softmax(x)) along an axis: x - log(sum exp(x)), which keeps the digits of what is improbable.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return forward("logSoftmax", x, options);
}

/**
 * The gradient of `softmax` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options its axis, and its result
 * @returns a new tensor like dy
 * @throws ConvError naming the argument that does not fit
 */
export function softmaxBackward(dy: Tensor, options: SoftmaxBackwardOptions): Tensor {
  return backward("softmaxBackward", dy, options);
}

/**
 * The gradient of `logSoftmax` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options its axis, and its result
 * @returns a new tensor like dy
 * @throws ConvError naming the argument that does not fit
 */
export function logSoftmaxBackward(dy: Tensor, options: SoftmaxBackwardOptions): Tensor {
  return backward("logSoftmaxBackward", dy, options);
}

function forward(
  name: "softmax" | "logSoftmax",
  x: Tensor,
  options: SoftmaxOptions,
): Tensor {
  checkOptions("options", options, ["axis"]);
  const { shape, layout, dtype } = checkTensor("x", x);
  const axis = axisOf(options.axis, shape, layout);
  const y = { shape, layout, dtype };
  return run({
    name,
    inputs: { x },
    results: { y },
    parameters: axis,
    recipe: () => recipeOf("softmax", name === "logSoftmax", axis, y, [whole("x", x), whole("y", y)]),
  }).y;
}

function backward(
  name: "softmaxBackward" | "logSoftmaxBackward",
  dy: Tensor,
  options: SoftmaxBackwardOptions,
): Tensor {
  checkOptions("options", options, ["axis", "output"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  const axis = axisOf(options.axis, shape, layout);
  const y = checkLike("output", options.output, dy, "as dy");
  const dx = { shape, layout, dtype };
  return run({
    name,
    inputs: { dy, y },
    results: { dx },
    parameters: axis,
    recipe: () =>
      recipeOf("softmax-backward", name === "logSoftmaxBackward", axis, dx, [
        whole("dy", dy),
        whole("y", y),
        whole("dx", dx),
      ]),
  }).dx;
}

function recipeOf(kernel: string, LOGARITHM: boolean, axis: number, tensor: TensorDescription, ranges: Range[]) {
  const { aliases, shaders, constants, words, threads } = laneWork(linesAlong(tensor.shape, axis), tensor.dtype);
  const step = dispatch({
    shaders: [...shaders, `ops/${kernel}`],
    constants: { ...constants, LOGARITHM },
    aliases,
    ranges,
    uniforms: words,
    threads,
  });
  return { steps: [step] };
}
