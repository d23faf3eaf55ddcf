// Standalone activations and their gradients.
import activationGradientShader from "../../../shaders/ops/shared/activation-gradient.wgsl";
import activationValueShader from "../../../shaders/ops/shared/activation-value.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { runElementwise, withShader } from "../shared/broadcast.ts";
import { activationSnippets, derivativeSnippets } from "../shared/element-activation.ts";
import { checkLike } from "../shared/feature-map.ts";
import {
  type DerivativeSources,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";

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
  const values = checkTensor("x", x);
  const checked = checkElementActivation("activation", activation);
  return runElementwise(
    "activate",
    { x },
    withShader(activationValueShader, (items) => activationSnippets(checked, items)),
    {
      values,
      parameters: checked,
    },
  );
}

/**
 * Gradient of `activate` with respect to x: dy times the derivative of the activation. At corners the derivative is PyTorch's: 0 for relu,
 * relu6, hard-sigmoid, shrink and thresholded-relu, the slope for leaky-relu, the left derivative for elu, selu and celu.
 *
 * @param dy gradient of the result
 * @param options the activation, and either its output or its argument, shaped like dy
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example const dx = activateBackward(dy, { activation: "gelu", preActivation: x });
 */
export function activateBackward(dy: Tensor, options: ActivateBackwardOptions): Tensor {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  checkTensor("dy", dy);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const source = checkLike(from, values, dy, "as dy");
  const kernel = withShader(activationGradientShader, (items) => derivativeSnippets(activation, from, items));
  return runElementwise("activateBackward", { dy, [from]: source }, kernel, {
    values: dy,
    parameters: [activation, from],
  });
}
