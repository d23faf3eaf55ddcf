// CPU reference of depthwise-separable convolution and its gradients, in float64, as two convolutions.
import { pick } from "../../base/pick.ts";
import { type ActivationOption, checkActivation } from "../../problem/activation.ts";
import { tensorShape } from "../../problem/problem.ts";
import {
  GRADIENT_KEYS,
  type ReferenceActivationGradientOptions,
  throughActivation,
} from "../../reference/activation-gradient.ts";
import { activationDerivative } from "../../reference/activation.ts";
import { conv } from "../../reference/conv.ts";
import { convBackwardBias, convBackwardData, convBackwardWeights } from "../../reference/gradients.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { UNGROUPED_KEYS, type UngroupedOptions } from "../shared/geometry/ungrouped.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { type Separable, checkSeparableOptions, separableOf } from "./geometry.ts";

interface DepthwiseOptions extends UngroupedOptions, LayoutOptions {
  depthwiseBias?: ArrayLike<number> | NdArray;
  depthwiseActivation?: ActivationOption;
}

interface SeparableConvOptions extends DepthwiseOptions {
  bias?: ArrayLike<number> | NdArray;
  residual?: NdArray;
  activation?: ActivationOption;
}

const RANKS = [3, 4, 5];

/** `separableConv` of convoke/ops, in float64. */
export function separableConv(
  x: NdArray,
  depthwise: NdArray,
  pointwise: NdArray,
  options: SeparableConvOptions = {},
): Float64NdArray {
  checkSeparableOptions(options, ["depthwiseBias", "depthwiseActivation", "bias", "residual", "activation", "layout"]);
  const separable = check(x, depthwise, pointwise, options);
  const between = depthwiseResult(x, depthwise, separable, options, options.depthwiseActivation);
  return conv(between, pointwise, pick(options, ["bias", "residual", "activation", "layout"]));
}

/** `separableConvBackward` of convoke/ops, in float64. */
export function separableConvBackward(
  dy: NdArray,
  x: NdArray,
  depthwise: NdArray,
  pointwise: NdArray,
  options: DepthwiseOptions & ReferenceActivationGradientOptions = {},
): Record<"dx" | "ddepthwise" | "dpointwise", Float64NdArray> & { ddepthwiseBias?: Float64NdArray } {
  checkSeparableOptions(options, ["depthwiseBias", "depthwiseActivation", ...GRADIENT_KEYS, "layout"]);
  const separable = check(x, depthwise, pointwise, options);
  checkShapeIs("dy", dy.shape, tensorShape(separable.pointwise, "y"));
  const { layout, depthwiseBias } = options;
  const sums = depthwiseResult(x, depthwise, separable, options);
  const between = depthwiseResult(x, depthwise, separable, options, options.depthwiseActivation);
  const passed = throughActivation(dy, options);
  const dbetween = convBackwardData(passed, pointwise, { layout, inputShape: between.shape });
  const activation = checkActivation("depthwiseActivation", options.depthwiseActivation);
  const dsums = {
    shape: dbetween.shape,
    data: dbetween.data.map((value, at) => value * activationDerivative(activation, sums.data[at]!)),
  };
  const geometry = { ...pick(options, UNGROUPED_KEYS), groups: separable.depthwise.groups, layout };
  const gradients = {
    dx: convBackwardData(dsums, depthwise, { ...geometry, inputShape: x.shape }),
    ddepthwise: convBackwardWeights(x, dsums, { ...geometry, kernelShape: depthwise.shape }),
    dpointwise: convBackwardWeights(between, passed, { layout, kernelShape: pointwise.shape }),
  };
  return depthwiseBias === undefined
    ? gradients
    : { ...gradients, ddepthwiseBias: convBackwardBias(dsums, { layout }) };
}

function check(x: NdArray, depthwise: NdArray, pointwise: NdArray, options: DepthwiseOptions): Separable {
  const shapes = [
    checkNdArray("x", x, RANKS).shape,
    checkNdArray("depthwise", depthwise, RANKS).shape,
    checkNdArray("pointwise", pointwise, RANKS).shape,
  ] as const;
  return separableOf(...shapes, layoutOf(options), pick(options, UNGROUPED_KEYS));
}

function depthwiseResult(
  x: NdArray,
  depthwise: NdArray,
  separable: Separable,
  options: DepthwiseOptions,
  activation?: ActivationOption,
): Float64NdArray {
  const { layout, depthwiseBias: bias } = options;
  const { groups } = separable.depthwise;
  return conv(x, depthwise, { ...pick(options, UNGROUPED_KEYS), groups, bias, activation, layout });
}
