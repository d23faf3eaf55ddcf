// Sums over the batch: what each element of a tensor comes to over all images.
import { type ActivationGradient, checkActivationGradient } from "../../problem/activation-gradient.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { type Loader, gatedLoader } from "../../algorithms/operands.ts";
import type { ActivationGradientOptions } from "../../conv/calls.ts";
import { activationGradientOf } from "../../conv/calls.ts";
import { BINDING } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkLike } from "./feature-map.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, type TensorDescription, whole } from "../../gpu/operation.ts";
import loadShader from "../../../shaders/lib/load.wgsl";
import batchSumShader from "../../../shaders/ops/shared/batch-sum.wgsl";

/** The activation that a gradient has yet to pass through, and the tensor that tells its derivative. */
export interface Gate {
  readonly by?: ActivationGradient;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/**
 * The activation gradient among the options of a call.
 * @throws ConvError naming the option that does not fit
 */
export function gateOf(dy: Tensor, options: ActivationGradientOptions): Gate {
  const { description, inputs } = activationGradientOf(options, "dy");
  if (!description.activationGradient) return { inputs: {} };
  const [[name, given]] = Object.entries(inputs) as [[string, unknown]];
  const gate = checkLike(name, given, dy, "as dy");
  return { by: checkActivationGradient(description.activationGradient, ["dy"]), inputs: { gate } };
}

/** The sum of dy over the batch, in a tensor of the given description, which has the elements of one image. */
export function batchSum(
  name: string,
  dy: Tensor,
  result: TensorDescription,
  { by, inputs }: Gate = { inputs: {} },
): Tensor {
  const elements = elementCount(result.shape);
  return run({
    name,
    inputs: { dy, ...inputs },
    results: { sum: result },
    parameters: by,
    recipe: () => {
      const range = whole("dy", dy);
      const first = { binding: BINDING.first, ...range, operand: "dy" as const };
      const plain: Loader = { shaders: [loadShader], constants: {}, bindings: [first] };
      const { shaders, constants } = by ? gatedLoader(by, first, loadShader) : plain;
      const step = dispatch({
        shaders: [...shaders, batchSumShader],
        constants,
        aliases: { E: elementTypes(dy.dtype).one, Y: elementTypes(result.dtype).one },
        ranges: [range, whole("sum", result)],
        uniforms: [elements, dy.shape[0]!],
        threads: elements,
      });
      const gate = { ...range, operand: "gate", binding: BINDING.gate };
      return { steps: [by ? { ...step, bindings: [...step.bindings, gate] } : step] };
    },
  }).sum;
}
