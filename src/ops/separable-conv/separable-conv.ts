// Depthwise-separable convolution and its gradients (Howard et al., MobileNets, 2017, section 3.1; Chollet, Xception, 2017): a convolution
// of each channel by itself, then a pointwise one that mixes the channels. Composed of two convolutions, with the depthwise result stored
// in between. A fused kernel that held all sums of four cells in registers and never stored it took 1.4 to 2 times as long on SwiftShader
// beside other work (medians, 144 channels of 56x56 to 24: 25 ms and 16; 32 of 112x112 to 16: 19 and 14; 384 of 28x28 to 64: 32 and 22): it
// cannot share loads of the pointwise weights as the tiles of a pointwise convolution do, and it saves only 2 of 11 numbers loaded or
// stored for an element.
import { pick } from "../../base/pick.ts";
import { convBackwardBias } from "../../conv/bias-gradient.ts";
import { conv } from "../../conv/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../conv/gradients.ts";
import {
  type ActivationGradientOptions,
  EPILOGUE_KEYS,
  type EpilogueOptions,
  GRADIENT_KEYS,
} from "../../conv/options.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../../gpu/tensor.ts";
import type { ActivationOption } from "../../problem/activation.ts";
import { tensorShape } from "../../problem/problem.ts";
import { passedActivation } from "../shared/batch-sum.ts";
import { compose } from "../shared/composition.ts";
import { checkLike, checkMap, like } from "../shared/feature-map.ts";
import { UNGROUPED_KEYS, type UngroupedOptions } from "../shared/geometry/ungrouped.ts";
import { type Separable, checkSeparableOptions, derivableFromOutput, separableOf } from "./geometry.ts";

/** The geometry is that of the depthwise convolution, whose groups are its channels. */
interface DepthwiseOptions extends UngroupedOptions {
  /** One value for each channel of the depthwise result. */
  depthwiseBias?: Tensor;
  /** The activation between the two convolutions. */
  depthwiseActivation?: ActivationOption;
}

/** The epilogue (`bias`, `residual`, `activation`) is that of the pointwise convolution. */
export interface SeparableConvOptions extends DepthwiseOptions, EpilogueOptions {}

/** Where `activation` is given, dy is the gradient of its output, and one of `output` and `preActivation` determines its derivative. */
export interface SeparableConvBackwardOptions extends DepthwiseOptions, ActivationGradientOptions {}

/** The gradients of `separableConv`, each shaped like its tensor. */
export interface SeparableConvGradients {
  dx: Tensor;
  ddepthwise: Tensor;
  dpointwise: Tensor;
  /** Where depthwiseBias is given. The gradient of bias is `convBackwardBias` of dy. */
  ddepthwiseBias?: Tensor;
}

const DEPTHWISE_KEYS = ["depthwiseBias", "depthwiseActivation"] as const;

/**
 * Depthwise-separable convolution: activation(pointwise * depthwiseActivation(depthwise * x + depthwiseBias) + bias + residual).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param depthwise [C * M, 1, ...kernel], or [...kernel, 1, C * M]: M kernels for each channel
 * @param pointwise [K, C * M, 1, ...], or [1, ..., C * M, K]
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the invalid argument
 * @example
 * const y = separableConv(x, depthwise, pointwise, { padding: 1, depthwiseActivation: "relu6" });
 */
export function separableConv(
  x: Tensor,
  depthwise: Tensor,
  pointwise: Tensor,
  options: SeparableConvOptions = {},
): Tensor {
  checkSeparableOptions(options, [...DEPTHWISE_KEYS, ...EPILOGUE_KEYS]);
  const separable = check(x, depthwise, pointwise, options);
  const y = like(x, tensorShape(separable.pointwise, "y"));
  const { bias, residual, depthwiseBias } = options;
  if (bias !== undefined) checkLike("bias", bias, like(x, [separable.pointwise.K]), "one for each channel");
  if (residual !== undefined) checkLike("residual", residual, y, "the shape of the result");
  checkSameEngine({ x, depthwise, pointwise, depthwiseBias, bias, residual });
  return compose(({ temporary }) => {
    const between = temporary(depthwiseResult(x, depthwise, separable, options, options.depthwiseActivation));
    return conv(between, pointwise, pick(options, EPILOGUE_KEYS));
  });
}

/**
 * The gradients of `separableConv`. The depthwise result is computed again.
 *
 * @param dy the gradient of the result of `separableConv`
 * @param x its input
 * @param depthwise its depthwise weights
 * @param pointwise its pointwise weights
 * @returns new tensors in the shapes of x, depthwise, pointwise and depthwiseBias
 * @throws ConvError naming the invalid argument
 * @example
 * const { dx, ddepthwise, dpointwise } = separableConvBackward(dy, x, depthwise, pointwise, { padding: 1 });
 */
export function separableConvBackward(
  dy: Tensor,
  x: Tensor,
  depthwise: Tensor,
  pointwise: Tensor,
  options: SeparableConvBackwardOptions = {},
): SeparableConvGradients {
  checkSeparableOptions(options, [...DEPTHWISE_KEYS, ...GRADIENT_KEYS]);
  const separable = check(x, depthwise, pointwise, options);
  const y = like(x, tensorShape(separable.pointwise, "y"));
  checkLike("dy", dy, y, "the result of this convolution");
  const passed = pick(options, GRADIENT_KEYS);
  const { depthwiseActivation: activation, depthwiseBias } = options;
  checkSameEngine({ dy, x, depthwise, pointwise, depthwiseBias, ...passedActivation(dy, passed).inputs });
  return compose(({ temporary, result }) => {
    const between = temporary(depthwiseResult(x, depthwise, separable, options, activation));
    const dpointwise = result(convBackwardWeights(between, dy, { ...passed, kernelShape: pointwise.shape }));
    const dbetween = temporary(convBackwardData(dy, pointwise, { ...passed, inputShape: between.shape }));
    let through: ActivationGradientOptions = {};
    if (activation !== undefined && derivableFromOutput(activation)) through = { activation, output: between };
    else if (activation !== undefined)
      through = { activation, preActivation: temporary(depthwiseResult(x, depthwise, separable, options)) };
    const geometry = { ...pick(options, UNGROUPED_KEYS), groups: separable.depthwise.groups, ...through };
    const gradients = {
      dx: result(convBackwardData(dbetween, depthwise, { ...geometry, inputShape: x.shape })),
      ddepthwise: result(convBackwardWeights(x, dbetween, { ...geometry, kernelShape: depthwise.shape })),
      dpointwise,
    };
    if (depthwiseBias === undefined) return gradients;
    return { ...gradients, ddepthwiseBias: result(convBackwardBias(dbetween, through)) };
  });
}

/** Checks the arguments common to both calls: the tensors, and the options of the depthwise convolution. */
function check(x: Tensor, depthwise: Tensor, pointwise: Tensor, options: DepthwiseOptions): Separable {
  const { tensor } = checkMap("x", x);
  const first = checkTensor("depthwise", depthwise);
  const second = checkTensor("pointwise", pointwise);
  const separable = separableOf(tensor.shape, first.shape, second.shape, tensor.layout, pick(options, UNGROUPED_KEYS));
  checkLike("depthwise", first, like(tensor, first.shape), "as x");
  checkLike("pointwise", second, like(tensor, second.shape), "as x");
  const bias = like(tensor, [separable.depthwise.K]);
  if (options.depthwiseBias !== undefined)
    checkLike("depthwiseBias", options.depthwiseBias, bias, "one for each channel of the depthwise result");
  return separable;
}

function depthwiseResult(
  x: Tensor,
  depthwise: Tensor,
  separable: Separable,
  options: DepthwiseOptions,
  activation?: ActivationOption,
): Tensor {
  return conv(x, depthwise, {
    ...pick(options, UNGROUPED_KEYS),
    groups: separable.depthwise.groups,
    ...(options.depthwiseBias !== undefined && { bias: options.depthwiseBias }),
    ...(activation !== undefined && { activation }),
  });
}
