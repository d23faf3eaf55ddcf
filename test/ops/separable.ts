// The tested cases of depthwise-separable convolution: every option, in one to three dimensions.
import type { UngroupedOptions } from "../../src/ops/shared/geometry/ungrouped.ts";
import type { ActivationOption } from "../../src/problem/activation.ts";

export interface SeparableCase {
  readonly name: string;
  readonly x: readonly number[];
  readonly depthwise: readonly number[];
  readonly pointwise: readonly number[];
  readonly options: UngroupedOptions;
  readonly activations: { depthwiseActivation?: ActivationOption; activation?: ActivationOption };
}

export const SEPARABLE: readonly SeparableCase[] = [
  {
    name: "2-D 3x3, padded",
    x: [2, 3, 6, 7],
    depthwise: [3, 1, 3, 3],
    pointwise: [5, 3, 1, 1],
    options: { padding: 1 },
    activations: { depthwiseActivation: "relu", activation: "relu6" },
  },
  {
    name: "2-D 3x2 at stride 2x1, dilated, two kernels a channel",
    x: [1, 4, 9, 8],
    depthwise: [8, 1, 3, 2],
    pointwise: [3, 8, 1, 1],
    options: { stride: [2, 1], dilation: [1, 2], padding: "same", mode: "convolution" },
    activations: { depthwiseActivation: { name: "leaky-relu", slope: -2 } },
  },
  {
    name: "1-D, circular",
    x: [2, 5, 11],
    depthwise: [5, 1, 4],
    pointwise: [2, 5, 1],
    options: { padding: [[2, 1]], paddingMode: "circular" },
    activations: { activation: "relu" },
  },
  {
    name: "3-D 2x2x3",
    x: [1, 2, 4, 5, 4],
    depthwise: [2, 1, 2, 2, 3],
    pointwise: [3, 2, 1, 1, 1],
    options: { padding: [1, 0, 1], paddingValue: 1 },
    activations: {},
  },
];
