// Sums over the batch: what each element of a tensor comes to over all images.
import { type ActivationGradient, checkActivationGradient } from "../../activation-gradient.ts";
import { type Loader, elementTypes, gatedLoader } from "../../algorithms/parts.ts";
import type { ActivationGradientOptions } from "../../operations.ts";
import { activationGradientOf } from "../../operations.ts";
import { BINDING } from "../../plan.ts";
import { elementCount } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { OperationContext } from "./context.ts";
import { checkLike } from "./feature-map.ts";
import { type TensorDescription, dispatch, whole } from "./operation.ts";

/** The activation that a gradient has yet to pass through, and the tensor that tells its derivative. */
export interface Gate {
  readonly by?: ActivationGradient;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/**
 * The activation gradient among the options of a call.
 * @throws ConvError naming the option that does not fit
 */
export function gateOf(context: OperationContext, dy: Tensor, options: ActivationGradientOptions): Gate {
  const { description, inputs } = activationGradientOf(options, "dy");
  if (!description.activationGradient) return { inputs: {} };
  const [[name, given]] = Object.entries(inputs) as [[string, unknown]];
  const gate = checkLike(context, name, given, dy, "as dy");
  return { by: checkActivationGradient(description.activationGradient, ["dy"]), inputs: { gate } };
}

/** The sum of dy over the batch, in a tensor of the given description, which has the elements of one image. */
export function batchSum(
  context: OperationContext,
  name: string,
  dy: Tensor,
  result: TensorDescription,
  { by, inputs }: Gate = { inputs: {} },
): Tensor {
  const elements = elementCount(result.shape);
  return context.run({
    name,
    inputs: { dy, ...inputs },
    results: { sum: result },
    parameters: by,
    recipe: () => {
      const range = whole("dy", dy);
      const first = { binding: BINDING.first, ...range, operand: "dy" as const };
      const plain: Loader = { shaders: ["lib/load"], constants: {}, bindings: [first] };
      const { shaders, constants } = by ? gatedLoader(by, first, "lib/load") : plain;
      const step = dispatch({
        shaders: [...shaders, "ops/batch-sum"],
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
