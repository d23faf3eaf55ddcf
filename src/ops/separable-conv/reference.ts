// Depthwise-separable convolution and its gradients, as the two convolutions that it is.
import { type ActivationOption, checkActivation } from "../../problem/activation.ts";
import {
  DEPTHWISE_KEYS,
  type DepthwiseOptions,
  type Separable,
  checkSeparable,
  separableOf,
} from "./geometry.ts";
import { tensorShape } from "../../problem/problem.ts";
import { activationDerivative } from "../../reference/activation.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { conv, convBackwardBias, convBackwardData, convBackwardWeights } from "../../reference/conv.ts";
import { type ActivationGradient, GRADIENT_KEYS, throughActivation } from "../shared/reference/activation-gradient.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";

interface BetweenOptions extends DepthwiseOptions, LayoutOptions {
  depthwiseBias?: ArrayLike<number> | NdArray;
  depthwiseActivation?: ActivationOption;
}

interface SeparableConvOptions extends BetweenOptions {
  bias?: ArrayLike<number> | NdArray;
  residual?: NdArray;
  activation?: ActivationOption;
}

const RANKS = [3, 4, 5];

/** As `engine.separableConv`. */
export function separableConv(
  x: NdArray,
  depthwise: NdArray,
  pointwise: NdArray,
  options: SeparableConvOptions = {},
): Float64NdArray {
  checkSeparable(options, ["depthwiseBias", "depthwiseActivation", "bias", "residual", "activation", "layout"]);
  const separable = check(x, depthwise, pointwise, options);
  const between = depthwiseOf(x, depthwise, separable, options, options.depthwiseActivation);
  const { bias, residual, activation, layout } = options;
  return conv(between, pointwise, { bias, residual, activation, layout });
}

/** As `engine.separableConvBackward`. */
export function separableConvBackward(
  dy: NdArray,
  x: NdArray,
  depthwise: NdArray,
  pointwise: NdArray,
  options: BetweenOptions & ActivationGradient = {},
): Record<"dx" | "ddepthwise" | "dpointwise", Float64NdArray> & { ddepthwiseBias?: Float64NdArray } {
  checkSeparable(options, ["depthwiseBias", "depthwiseActivation", ...GRADIENT_KEYS, "layout"]);
  const separable = check(x, depthwise, pointwise, options);
  checkShapeIs("dy", dy.shape, tensorShape(separable.pointwise, "y"));
  const { layout, depthwiseBias } = options;
  const sums = depthwiseOf(x, depthwise, separable, options);
  const between = depthwiseOf(x, depthwise, separable, options, options.depthwiseActivation);
  const ds = throughActivation(dy, options);
  const dbetween = convBackwardData(ds, pointwise, { layout, inputShape: between.shape });
  const activation = checkActivation("depthwiseActivation", options.depthwiseActivation);
  const dsums = {
    shape: dbetween.shape,
    data: dbetween.data.map((value, at) => value * activationDerivative(activation, sums.data[at]!)),
  };
  const geometry = { ...geometryOf(options), groups: separable.depthwise.groups, layout };
  const gradients = {
    dx: convBackwardData(dsums, depthwise, { ...geometry, inputShape: x.shape }),
    ddepthwise: convBackwardWeights(x, dsums, { ...geometry, kernelShape: depthwise.shape }),
    dpointwise: convBackwardWeights(between, ds, { layout, kernelShape: pointwise.shape }),
  };
  return depthwiseBias === undefined
    ? gradients
    : { ...gradients, ddepthwiseBias: convBackwardBias(dsums, { layout }) };
}

function geometryOf(options: BetweenOptions): DepthwiseOptions {
  return Object.fromEntries(DEPTHWISE_KEYS.map((key) => [key, options[key]]));
}

function check(x: NdArray, depthwise: NdArray, pointwise: NdArray, options: BetweenOptions): Separable {
  const shapes = [
    checkNdArray("x", x, RANKS).shape,
    checkNdArray("depthwise", depthwise, RANKS).shape,
    checkNdArray("pointwise", pointwise, RANKS).shape,
  ] as const;
  return separableOf(...shapes, layoutOf(options), geometryOf(options));
}

function depthwiseOf(
  x: NdArray,
  depthwise: NdArray,
  separable: Separable,
  options: BetweenOptions,
  activation?: ActivationOption,
): Float64NdArray {
  const { layout, depthwiseBias: bias } = options;
  return conv(x, depthwise, { ...geometryOf(options), groups: separable.depthwise.groups, bias, activation, layout });
}
