// Depthwise-separable convolution and its gradients (Howard et al., MobileNets, 2017, section 3.1; Chollet, Xception, 2017): a convolution of
// each channel by itself, then one of one cell that mixes the channels. As the engine's two convolutions, which keep the depthwise result
// for a moment: one kernel with all sums of four cells in registers, which never stores it, took 1.4 to 2 times as long on SwiftShader
// beside other work (medians, 144 channels of 56x56 to 24: 25 ms and 16; 32 of 112x112 to 16: 19 and 14; 384 of 28x28 to 64: 32 and 22). It cannot share
// what it loads of the mixing weights as the pointwise tiles do, and what it saves is 2 of 11 numbers loaded or stored for an element.
import { checkTensor } from "../../gpu/tensor.ts";
import { conv } from "../../conv/conv.ts";
import type { ActivationOption } from "../../problem/activation.ts";
import type { ActivationGradientOptions } from "../../conv/calls.ts";
import { tensorShape } from "../../problem/problem.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import {
  DEPTHWISE_KEYS,
  type DepthwiseOptions,
  type Separable,
  checkSeparable,
  isToldByOutput,
  separableOf,
} from "./geometry.ts";
import { composed, given } from "../shared/composition.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";

interface BetweenOptions extends DepthwiseOptions {
  /** One value for each channel of the depthwise result. */
  depthwiseBias?: Tensor;
  /** What the depthwise result passes through before the channels are mixed. */
  depthwiseActivation?: ActivationOption;
}

export interface SeparableConvOptions extends BetweenOptions {
  /** One value for each channel of the result. */
  bias?: Tensor;
  /** A tensor of the result's shape, added before the activation. */
  residual?: Tensor;
  activation?: ActivationOption;
}

/** Where `activation` is given, dy is the gradient of its output; one of `output` and `preActivation` tells its derivative. */
export interface SeparableConvBackwardOptions extends BetweenOptions, ActivationGradientOptions {}

export interface SeparableConvGradients {
  dx: Tensor;
  ddepthwise: Tensor;
  dpointwise: Tensor;
  /** Where depthwiseBias is given. That of bias is convBackwardBias of dy. */
  ddepthwiseBias?: Tensor;
}

const BETWEEN_KEYS = ["depthwiseBias", "depthwiseActivation"] as const;
const EPILOGUE_KEYS = ["bias", "residual", "activation"] as const;
const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;

/**
 * activation(pointwise * depthwiseActivation(depthwise * x + depthwiseBias) + bias + residual).
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param depthwise [C * M, 1, ...kernel], or [...kernel, 1, C * M]: M kernels for each channel
 * @param pointwise [K, C * M, 1, ...], or [1, ..., C * M, K]
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the argument that does not fit
 */
export function separableConv(
  x: Tensor,
  depthwise: Tensor,
  pointwise: Tensor,
  options: SeparableConvOptions = {},
): Tensor {
  checkSeparable(options, [...BETWEEN_KEYS, ...EPILOGUE_KEYS]);
  const separable = check(x, depthwise, pointwise, options);
  const y = { shape: tensorShape(separable.pointwise, "y"), layout: x.layout, dtype: x.dtype };
  if (options.bias !== undefined)
    checkLike("bias", options.bias, { ...y, shape: [separable.pointwise.K] }, "one for each channel");
  if (options.residual !== undefined) checkLike("residual", options.residual, y, "the shape of the result");
  return composed(({ temporary }) => {
    const between = temporary(depthwiseOf(x, depthwise, separable, options, options.depthwiseActivation));
    return conv(between, pointwise, given(options, EPILOGUE_KEYS));
  });
}

/**
 * The gradients of `separableConv`. The depthwise result is computed again.
 *
 * @param dy the gradient of its result
 * @throws ConvError naming the argument that does not fit
 */
export function separableConvBackward(
  dy: Tensor,
  x: Tensor,
  depthwise: Tensor,
  pointwise: Tensor,
  options: SeparableConvBackwardOptions = {},
): SeparableConvGradients {
  checkSeparable(options, [...BETWEEN_KEYS, ...GRADIENT_KEYS]);
  const separable = check(x, depthwise, pointwise, options);
  const y = { shape: tensorShape(separable.pointwise, "y"), layout: x.layout, dtype: x.dtype };
  checkLike("dy", dy, y, "the result of this convolution");
  const { convolutions } = context;
  const { depthwiseActivation: activation } = options;
  return composed(({ temporary, result }) => {
    const between = temporary(depthwiseOf(x, depthwise, separable, options, activation));
    const after = given(options, GRADIENT_KEYS);
    const dpointwise = result(
      convolutions.convBackwardWeights(between, dy, { ...after, kernelShape: pointwise.shape }),
    );
    const dbetween = temporary(convolutions.convBackwardData(dy, pointwise, { ...after, inputShape: between.shape }));
    let gate: ActivationGradientOptions = {};
    if (activation !== undefined && isToldByOutput(activation)) gate = { activation, output: between };
    else if (activation !== undefined)
      gate = { activation, preActivation: temporary(depthwiseOf(x, depthwise, separable, options)) };
    const geometry = { ...given(options, DEPTHWISE_KEYS), groups: separable.depthwise.groups, ...gate };
    const gradients = {
      dx: result(convolutions.convBackwardData(dbetween, depthwise, { ...geometry, inputShape: x.shape })),
      ddepthwise: result(convolutions.convBackwardWeights(x, dbetween, { ...geometry, kernelShape: depthwise.shape })),
      dpointwise,
    };
    if (options.depthwiseBias === undefined) return gradients;
    return { ...gradients, ddepthwiseBias: result(convolutions.convBackwardBias(dbetween, gate)) };
  });
}

function check(
  x: Tensor,
  depthwise: Tensor,
  pointwise: Tensor,
  options: BetweenOptions,
): Separable {
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const first = checkTensor("depthwise", depthwise);
  const second = checkTensor("pointwise", pointwise);
  const separable = separableOf(tensor.shape, first.shape, second.shape, layout, given(options, DEPTHWISE_KEYS));
  checkLike("depthwise", first, { shape: first.shape, layout, dtype }, "as x");
  checkLike("pointwise", second, { shape: second.shape, layout, dtype }, "as x");
  const bias = { shape: [separable.depthwise.K], layout, dtype };
  if (options.depthwiseBias !== undefined)
    checkLike("depthwiseBias", options.depthwiseBias, bias, "one for each channel of the depthwise result");
  return separable;
}

function depthwiseOf(
  { convolutions }: OperationContext,
  x: Tensor,
  depthwise: Tensor,
  separable: Separable,
  options: BetweenOptions,
  activation?: ActivationOption,
): Tensor {
  return convolutions.conv(x, depthwise, {
    ...given(options, DEPTHWISE_KEYS),
    groups: separable.depthwise.groups,
    ...(options.depthwiseBias !== undefined && { bias: options.depthwiseBias }),
    ...(activation !== undefined && { activation }),
  });
}
