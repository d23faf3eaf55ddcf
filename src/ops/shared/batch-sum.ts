// The sum of a gradient over the batch, after the derivative of an activation where there is one.
import batchSumShader from "../../../shaders/ops/shared/batch-sum.wgsl";
import { loaderOf } from "../../algorithms/operands.ts";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type ActivationGradientOptions, activationGradientOf } from "../../conv/options.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { BINDING } from "../../kernel/step.ts";
import { type ActivationGradient, checkActivationGradient } from "../../problem/activation-gradient.ts";
import { checkLike } from "./feature-map.ts";

/** The activation that a gradient passes through, and the tensor that its derivative is computed from. */
export interface PassedActivation {
  readonly gradient?: ActivationGradient;
  /** The tensor under the name of its option, `output` or `preActivation`; empty without an activation. */
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/**
 * Reads the activation from the options of a gradient.
 * @throws ConvError naming the invalid option
 */
export function passedActivation(dy: Tensor, options: ActivationGradientOptions): PassedActivation {
  const { description, inputs } = activationGradientOf(options, "dy");
  if (!description.activationGradient) return { inputs: {} };
  const [[name, tensor]] = Object.entries(inputs) as [[string, unknown]];
  return {
    gradient: checkActivationGradient(description.activationGradient, ["dy"]),
    inputs: { [name]: checkLike(name, tensor, dy, "as dy") },
  };
}

/**
 * The sum of dy over the batch.
 * @param result the tensor of the sum, with as many elements as one image
 */
export function batchSum(
  name: string,
  dy: Tensor,
  result: TensorDescription,
  { gradient, inputs }: PassedActivation = { inputs: {} },
): Tensor {
  const elements = elementCount(result.shape);
  return run({
    name,
    inputs: { dy, ...inputs },
    results: { sum: result },
    parameters: gradient,
    recipe: () => {
      const range: Range = whole("dy", dy);
      const [passed] = Object.keys(inputs);
      const loader = loaderOf({ ...range, operand: "dy", binding: BINDING.first }, gradient);
      return {
        steps: [
          dispatch({
            shaders: [...loader.shaders, batchSumShader],
            constants: loader.constants,
            aliases: { E: elementTypes(dy.dtype).one, Y: elementTypes(result.dtype).one },
            ranges: [
              range,
              whole("sum", result),
              ...(passed ? [{ ...range, operand: passed, binding: BINDING.gate }] : []),
            ],
            uniforms: { batch: dy.shape[0]! },
            threads: elements,
          }),
        ],
      };
    },
  }).sum;
}

/** The values of a tensor in another element type: the sum of a batch of one. */
export function cast(name: string, x: Tensor, dtype: Dtype): Tensor {
  const { shape, layout } = x;
  const batch = x.view([1, x.size], layout);
  try {
    return batchSum(name, batch, { shape, layout, dtype });
  } finally {
    batch.destroy();
  }
}
