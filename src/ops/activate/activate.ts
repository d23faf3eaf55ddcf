// Activations by themselves, and their gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  type DerivativeSources,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";
import { activationParts, derivativeParts } from "../shared/element-activation.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import activateShader from "../../../shaders/ops/activate/activate.wgsl";
import activateBackwardShader from "../../../shaders/ops/activate/activate-backward.wgsl";

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
export function activate(x: Tensor, activation: ElementActivationOption): Tensor {
  const { shape, layout, dtype } = checkTensor("x", x);
  const checked = checkElementActivation("activation", activation);
  const y = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
    name: "activate",
    inputs: { x },
    results: { y },
    parameters: checked,
    recipe: () => {
      const { shaders, ...parts } = activationParts(checked, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, activateShader],
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
export function activateBackward(dy: Tensor, options: ActivateBackwardOptions): Tensor {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const gate = checkLike(from, values, dy, "as dy");
  const dx = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
    name: "activateBackward",
    inputs: { dy, gate },
    results: { dx },
    parameters: [activation, from],
    recipe: () => {
      const { shaders, ...parts } = derivativeParts(activation, from, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, activateBackwardShader],
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
