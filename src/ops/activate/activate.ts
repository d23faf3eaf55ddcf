// Standalone activations and their gradients.
import activateBackwardShader from "../../../shaders/ops/activate/activate-backward.wgsl";
import activateShader from "../../../shaders/ops/activate/activate.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { activationSnippets, derivativeSnippets } from "../shared/element-activation.ts";
import { checkLike } from "../shared/feature-map.ts";
import {
  type DerivativeSources,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";
import { itemsOf } from "../shared/items.ts";

/** The options of `activateBackward`: the activation, and either its output or its argument. */
export interface ActivateBackwardOptions extends DerivativeSources<Tensor> {
  /** The activation of the forward operation. */
  activation: ElementActivationOption;
}

/**
 * Applies an activation to each element. NaN stays NaN.
 *
 * @param x of any shape
 * @param activation its name, or an object with its name and parameters
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = activate(x, { name: "softplus", beta: 2 });
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
      const snippets = activationSnippets(checked, items);
      const step = dispatch({
        ...snippets,
        shaders: [...snippets.shaders, activateShader],
        aliases: items.aliases,
        ranges: [whole("x", x), whole("y", y)],
        threads: elementCount(shape) / items.lanes,
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * Gradient of `activate` with respect to x: dy times the derivative of the activation. At corners the derivative is PyTorch's: 0 for relu,
 * relu6 and hard-sigmoid, the slope for leaky-relu, the left derivative for elu and selu.
 *
 * @param dy gradient of the result
 * @param options the activation, and either its output or its argument, shaped like dy
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example const dx = activateBackward(dy, { activation: "gelu", preActivation: x });
 */
export function activateBackward(dy: Tensor, options: ActivateBackwardOptions): Tensor {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const source = checkLike(from, values, dy, "as dy");
  const dx = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
    name: "activateBackward",
    inputs: { dy, [from]: source },
    results: { dx },
    parameters: [activation, from],
    recipe: () => {
      const snippets = derivativeSnippets(activation, from, items);
      const step = dispatch({
        ...snippets,
        shaders: [...snippets.shaders, activateBackwardShader],
        aliases: items.aliases,
        ranges: [whole("dy", dy), whole(from, source), whole("dx", dx)],
        threads: elementCount(shape) / items.lanes,
      });
      return { steps: [step] };
    },
  }).dx;
}
