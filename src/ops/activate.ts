// Activations by themselves, and their gradients.
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import {
  type DerivativeSources,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "./geometry/element-activation.ts";
import type { OperationContext } from "./shared/context.ts";
import { activationParts, derivativeParts } from "./shared/element-activation.ts";
import { checkLike } from "./shared/feature-map.ts";
import { itemsOf } from "./shared/items.ts";
import { dispatch, whole } from "./shared/operation.ts";

export interface ActivateBackwardOptions extends DerivativeSources<Tensor> {
  /** The activation that was applied. */
  activation: ElementActivationOption;
}

/**
 * activation(x), element by element. NaN stays NaN.
 *
 * @param x of any shape
 * @param activation its name, or an object with its name and parameters
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function activate(context: OperationContext, x: Tensor, activation: ElementActivationOption): Tensor {
  const { shape, layout, dtype } = context.check("x", x);
  const checked = checkElementActivation("activation", activation);
  const y = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return context.run({
    name: "activate",
    inputs: { x },
    results: { y },
    parameters: checked,
    recipe: () => {
      const { shaders, ...parts } = activationParts(checked, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, "ops/activate"],
        ...parts,
        aliases: items.aliases,
        ranges: [whole("x", x), whole("y", y)],
        uniforms: [threads],
        threads,
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * The gradient of `activate` with respect to its x: dy times the derivative of the activation. At a corner that is the derivative PyTorch
 * takes: 0 for relu, relu6 and hardsigmoid, the slope for leaky-relu, that of the left side for elu and selu.
 *
 * @param dy the gradient of its result
 * @returns a new tensor like dy
 * @throws ConvError naming the argument that does not fit
 */
export function activateBackward(context: OperationContext, dy: Tensor, options: ActivateBackwardOptions): Tensor {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { shape, layout, dtype } = context.check("dy", dy);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const gate = checkLike(context, from, values, dy, "as dy");
  const dx = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return context.run({
    name: "activateBackward",
    inputs: { dy, gate },
    results: { dx },
    parameters: [activation, from],
    recipe: () => {
      const { shaders, ...parts } = derivativeParts(activation, from, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, "ops/activate-backward"],
        ...parts,
        aliases: items.aliases,
        ranges: [whole("dy", dy), whole("gate", gate), whole("dx", dx)],
        uniforms: [threads],
        threads,
      });
      return { steps: [step] };
    },
  }).dx;
}
