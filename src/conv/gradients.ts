// The gradients of convolution and of transposed convolution, as eager calls on tensors.
import { pick } from "../base/pick.ts";
import { checkOptions } from "../base/validate.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { GEOMETRY_KEYS, convProblem } from "../problem/problem.ts";
import { transposedGradient } from "../problem/transposed.ts";
import {
  CALL_KEYS,
  type ConvBackwardDataOptions,
  type ConvBackwardWeightsOptions,
  type ConvTransposeBackwardDataOptions,
  type ConvTransposeBackwardWeightsOptions,
  GRADIENT_KEYS,
  activationGradientOf,
  constraintsOf,
  sharedFormat,
} from "./options.ts";
import { runPlan } from "./plan-cache.ts";

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
  return runPlan(problem, constraintsOf(options), { dy, w, ...inputs });
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
  return runPlan(problem, constraintsOf(options), { x, dy, ...inputs });
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
  return runPlan(problem, constraintsOf(options), { x: dy, w, ...inputs });
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
  return runPlan(problem, constraintsOf(options), { x: dy, dy: x, ...inputs });
}
