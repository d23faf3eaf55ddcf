// Transposed convolution and its gradients, as eager calls on tensors.
import { lowerInputGradient, lowerWeightGradient } from "../algorithms/gradients.ts";
import { lowerForward } from "../algorithms/lowering.ts";
import { pick } from "../base/pick.ts";
import { checkOptions } from "../base/validate.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { GEOMETRY_KEYS } from "../problem/problem.ts";
import { transposedGradient, transposedProblem } from "../problem/transposed.ts";
import { runCall } from "./known-calls.ts";
import {
  CALL_KEYS,
  type ConvTransposeBackwardDataOptions,
  type ConvTransposeBackwardWeightsOptions,
  type ConvTransposeOptions,
  EPILOGUE_KEYS,
  EPILOGUE_TENSORS,
  GRADIENT_KEYS,
  GRADIENT_TENSORS,
  activationGradientOf,
  constraintsOf,
  epilogueOf,
  sharedFormat,
} from "./options.ts";

/**
 * Computes a transposed convolution: the adjoint of the convolution with the same options, from the shape of its output to that of its input
 * (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", section 4).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param w [C, K/groups, ...kernel], or [...kernel, K/groups, C], in the layout of x
 * @returns a new tensor [N, K, ...output] or [N, ...output, K]: along each axis (size - 1) * stride - begin - end +
 * dilation * (kernel - 1) + outputPadding + 1 cells, unless outputShape gives their number
 * @throws ConvError naming the argument that does not fit
 * @example
 * const y = convTranspose(x, w, { stride: 2, padding: 1, outputPadding: 1 });
 */
export function convTranspose(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return runCall("convTranspose", { dy: x, w }, options, EPILOGUE_TENSORS, () => {
    checkOptions("options", options, [...CALL_KEYS, ...EPILOGUE_KEYS, "outputPadding", "outputShape"]);
    const common = sharedFormat({ x, w });
    const problem = transposedProblem(
      {
        ...pick(options, [...GEOMETRY_KEYS, "outputPadding", "outputShape"]),
        ...common,
        ...epilogueOf(options),
        inputShape: x.shape,
        kernelShape: w.shape,
      },
      { input: "x.shape", kernel: "w.shape" },
    );
    return {
      lower: lowerInputGradient,
      problem,
      constraints: constraintsOf(options),
      inputs: {
        dy: x,
        w,
        ...pick(options, EPILOGUE_TENSORS),
      },
    };
  });
}

/**
 * Returns the gradient of a transposed convolution with respect to its input: the convolution with the same options.
 *
 * @param dy the gradient of its result (after its activation, if `activation` is given), in its shape [N, K, ...output]
 * @param w the weights of the transposed convolution, [C, K/groups, ...kernel]
 * @returns a new tensor dx in the shape of its x, [N, C, ...spatial]
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dx = convTransposeBackwardData(dy, w, { stride: 2 });
 */
export function convTransposeBackwardData(
  dy: Tensor,
  w: Tensor,
  options: ConvTransposeBackwardDataOptions = {},
): Tensor {
  return runCall("convTransposeBackwardData", { x: dy, w }, options, GRADIENT_TENSORS, () => {
    checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "outputPadding", "inputShape"]);
    const common = sharedFormat({ dy, w });
    const { description, inputs } = activationGradientOf(options, "x");
    const problem = transposedGradient(
      "forward",
      { ...pick(options, GEOMETRY_KEYS), ...common, ...description, inputShape: dy.shape, kernelShape: w.shape },
      options.outputPadding,
      options.inputShape,
      { input: "dy.shape", kernel: "w.shape", given: "inputShape" },
    );
    return { lower: lowerForward, problem, constraints: constraintsOf(options), inputs: { x: dy, w, ...inputs } };
  });
}

/**
 * Returns the gradient of a transposed convolution with respect to its weights: the correlation of dy with its input.
 *
 * @param x the input of the transposed convolution, [N, C, ...spatial]
 * @param dy the gradient of its result (after its activation, if `activation` is given), in its shape [N, K, ...output]
 * @returns a new tensor dw of shape `kernelShape`, [C, K/groups, ...kernel]
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dw = convTransposeBackwardWeights(x, dy, { kernelShape: w.shape, stride: 2 });
 */
export function convTransposeBackwardWeights(
  x: Tensor,
  dy: Tensor,
  options: ConvTransposeBackwardWeightsOptions,
): Tensor {
  return runCall("convTransposeBackwardWeights", { x: dy, dy: x }, options, GRADIENT_TENSORS, () => {
    checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "outputPadding", "kernelShape"]);
    const common = sharedFormat({ x, dy });
    const { description, inputs } = activationGradientOf(options, "x");
    const problem = transposedGradient(
      "backward-weights",
      {
        ...pick(options, GEOMETRY_KEYS),
        ...common,
        ...description,
        inputShape: dy.shape,
        kernelShape: options.kernelShape,
      },
      options.outputPadding,
      [...x.shape],
      { input: "dy.shape", kernel: "kernelShape", given: "x.shape" },
    );
    return {
      lower: lowerWeightGradient,
      problem,
      constraints: constraintsOf(options),
      inputs: { x: dy, dy: x, ...inputs },
    };
  });
}
