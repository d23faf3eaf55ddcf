// The gradient of a bias: sums of dy. There is only one way to compute them, so nothing is planned.
import { describe, refuse } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { checkOptions, checkShape } from "../base/validate.ts";
import { run } from "../gpu/operation.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../gpu/tensor.ts";
import { checkActivationGradient } from "../problem/activation-gradient.ts";
import { splitShape } from "../problem/problem.ts";
import { channelSums } from "./channel-sums.ts";
import { type ConvBackwardBiasOptions, activationGradientOf } from "./options.ts";

/**
 * Returns the gradient of a convolution, or of a transposed one, with respect to its bias: the pairwise sum of dy over batch and positions.
 *
 * @param dy [N, K, ...spatial], or [N, ...spatial, K]: the gradient of the result, or of the activation's output if `activation` is given
 * @returns a new tensor db of shape [K]
 * @throws ConvError naming the argument that does not fit
 * @example
 * const db = convBackwardBias(dy, { activation: "relu", output: y });
 */
export function convBackwardBias(dy: Tensor, options: ConvBackwardBiasOptions = {}): Tensor {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  checkShape("dy.shape", shape, [3, 4, 5]);
  const { description, inputs } = activationGradientOf(options, "dy");
  const { N, channels, spatial } = splitShape(shape, layout);
  const gradient = description.activationGradient && checkActivationGradient(description.activationGradient, ["dy"]);
  const [gate] = Object.entries(inputs).map(([name, given]) => checkLike(name, given, dy));
  // Checked before `run`, whose error would name the kernel's operand `gate`, not the caller's `output` or `preActivation`.
  checkSameEngine({ dy, ...inputs });
  return run({
    name: "convBackwardBias",
    inputs: { dy, ...(gate && { gate }) },
    results: { db: { shape: [channels], layout, dtype } },
    parameters: gradient,
    recipe: () =>
      channelSums({ N, channels, cells: elementCount(spatial), layout, dtype, ...(gradient && { gradient }) }),
  }).db;
}

/** Checks for a tensor of dy's shape, layout and element type. */
function checkLike(name: string, given: unknown, dy: Tensor): Tensor {
  const tensor = checkTensor(name, given);
  for (const key of ["shape", "layout", "dtype"] as const) {
    if (describe(tensor[key]) !== describe(dy[key]))
      refuse("shape-mismatch", `${name}.${key}`, tensor[key], `${describe(dy[key])}, as dy has`);
  }
  return tensor;
}
