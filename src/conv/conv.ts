// Convolution and transposed convolution, as eager calls on tensors.
import { pick } from "../base/pick.ts";
import { checkOptions } from "../base/validate.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { GEOMETRY_KEYS, convProblem } from "../problem/problem.ts";
import { transposedProblem } from "../problem/transposed.ts";
import {
  CALL_KEYS,
  type ConvOptions,
  type ConvTransposeOptions,
  EPILOGUE_KEYS,
  constraintsOf,
  epilogueOf,
  sharedFormat,
} from "./options.ts";
import { runPlan } from "./plan-cache.ts";

/**
 * Convolves 1-D, 2-D or 3-D feature maps, by the rank of x. The work is submitted at once; nothing waits for it. The planner chooses the
 * algorithm unless `algorithm` names one.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C] if its layout is "channels-last"
 * @param w [K, C/groups, ...kernel], or [...kernel, C/groups, K], in the layout of x
 * @returns a new tensor [N, K, ...output] or [N, ...output, K], in the layout of x
 * @throws ConvError naming the argument that does not fit
 * @example
 * const y = conv(x, w, { stride: 2, padding: 3, bias, activation: "relu" });
 */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  checkOptions("options", options, [...CALL_KEYS, ...EPILOGUE_KEYS]);
  const common = sharedFormat({ x, w });
  const problem = convProblem(
    "forward",
    {
      ...pick(options, GEOMETRY_KEYS),
      ...common,
      ...epilogueOf(options),
      inputShape: x.shape,
      kernelShape: w.shape,
    },
    { input: "x.shape", kernel: "w.shape" },
  );
  return runPlan(problem, constraintsOf(options), { x, w, ...pick(options, ["bias", "residual"]) });
}

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
  return runPlan(problem, constraintsOf(options), { dy: x, w, ...pick(options, ["bias", "residual"]) });
}
