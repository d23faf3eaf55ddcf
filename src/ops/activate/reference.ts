// CPU reference of standalone activations and their gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import {
  type DerivativeSources,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";
import { checkElements } from "../shared/reference/broadcast.ts";
import { derivativeFrom, elementActivation } from "../shared/reference/element-activation.ts";

/** `activate` of convoke/ops, in float64. */
export function activate(x: NdArray, activation: ElementActivationOption): Float64NdArray {
  const { data, shape } = checkElements("x", x);
  const checked = checkElementActivation("activation", activation);
  return { data: data.map((v) => elementActivation(checked, v)), shape };
}

/** `activateBackward` of convoke/ops, in float64. */
export function activateBackward(
  dy: NdArray,
  options: DerivativeSources<NdArray> & { activation: ElementActivationOption },
): Float64NdArray {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const gradient = checkElements("dy", dy);
  const activation = checkElementActivation("activation", options.activation);
  const { from, values } = checkSource(activation, options);
  const source = checkElements(from, values);
  checkShapeIs(from, source.shape, gradient.shape);
  const derivative = derivativeFrom(from);
  return { data: gradient.data.map((v, at) => v * derivative(activation, source.data[at]!)), shape: gradient.shape };
}
