// Convolution, as an eager call on tensors.
import { lowerForward } from "../algorithms/lowering.ts";
import { pick } from "../base/pick.ts";
import { checkOptions } from "../base/validate.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { GEOMETRY_KEYS, convProblem } from "../problem/problem.ts";
import { runCall } from "./known-calls.ts";
import {
  CALL_KEYS,
  type ConvOptions,
  EPILOGUE_KEYS,
  EPILOGUE_TENSORS,
  constraintsOf,
  epilogueOf,
  sharedFormat,
} from "./options.ts";

/**
 * Convolves 1-D, 2-D or 3-D feature maps, by the rank of x. Nothing waits for the GPU. The planner chooses the algorithm unless `algorithm` names
 * one.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C] if its layout is "channels-last"
 * @param w [K, C/groups, ...kernel], or [...kernel, C/groups, K], in the layout of x
 * @returns a new tensor [N, K, ...output] or [N, ...output, K], in the layout of x
 * @throws ConvError naming the argument that does not fit
 * @example
 * const y = conv(x, w, { stride: 2, padding: 3, bias, activation: "relu" });
 */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  return runCall("conv", { x, w }, options, EPILOGUE_TENSORS, () => {
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
    return {
      lower: lowerForward,
      problem,
      constraints: constraintsOf(options),
      inputs: { x, w, ...pick(options, EPILOGUE_TENSORS) },
    };
  });
}
