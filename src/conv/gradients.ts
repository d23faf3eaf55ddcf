// The gradients of convolution, as eager calls on tensors.
import { lowerInputGradient, lowerWeightGradient } from "../algorithms/gradients.ts";
import { pick } from "../base/pick.ts";
import { checkOptions } from "../base/validate.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { GEOMETRY_KEYS, convProblem } from "../problem/problem.ts";
import { runCall } from "./known-calls.ts";
import {
  CALL_KEYS,
  type ConvBackwardDataOptions,
  type ConvBackwardWeightsOptions,
  GRADIENT_KEYS,
  GRADIENT_TENSORS,
  activationGradientOf,
  constraintsOf,
  sharedFormat,
} from "./options.ts";

/**
 * Returns the gradient of a convolution with respect to its input: a dense correlation for each phase of the stride, so no zero is multiplied.
 *
 * @param dy the gradient of the convolution's result (after its activation, if `activation` is given), in its shape [N, K, ...output]
 * @param w the weights of the convolution, [K, C/groups, ...kernel]
 * @returns a new tensor dx of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dx = convBackwardData(dy, w, { inputShape: x.shape, stride: 2, padding: 1 });
 */
export function convBackwardData(dy: Tensor, w: Tensor, options: ConvBackwardDataOptions): Tensor {
  return runCall("convBackwardData", { dy, w }, options, GRADIENT_TENSORS, () => {
    checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "inputShape"]);
    const common = sharedFormat({ dy, w });
    const { description, inputs } = activationGradientOf(options, "dy");
    const problem = convProblem(
      "backward-data",
      {
        ...pick(options, GEOMETRY_KEYS),
        ...common,
        ...description,
        inputShape: options.inputShape,
        kernelShape: w.shape,
      },
      { input: "inputShape", kernel: "w.shape" },
    );
    return { lower: lowerInputGradient, problem, constraints: constraintsOf(options), inputs: { dy, w, ...inputs } };
  });
}

/**
 * Returns the gradient of a convolution with respect to its weights: the correlation of its input with dy.
 *
 * @param x the input of the convolution, [N, C, ...spatial]
 * @param dy the gradient of the convolution's result (after its activation, if `activation` is given), in its shape [N, K, ...output]
 * @returns a new tensor dw of shape `kernelShape`
 * @throws ConvError naming the argument that does not fit
 * @example
 * const dw = convBackwardWeights(x, dy, { kernelShape: w.shape, stride: 2, padding: 1 });
 */
export function convBackwardWeights(x: Tensor, dy: Tensor, options: ConvBackwardWeightsOptions): Tensor {
  return runCall("convBackwardWeights", { x, dy }, options, GRADIENT_TENSORS, () => {
    checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "kernelShape"]);
    const common = sharedFormat({ x, dy });
    const { description, inputs } = activationGradientOf(options, "dy");
    const problem = convProblem(
      "backward-weights",
      {
        ...pick(options, GEOMETRY_KEYS),
        ...common,
        ...description,
        inputShape: x.shape,
        kernelShape: options.kernelShape,
      },
      { input: "x.shape", kernel: "kernelShape" },
    );
    return { lower: lowerWeightGradient, problem, constraints: constraintsOf(options), inputs: { x, dy, ...inputs } };
  });
}
