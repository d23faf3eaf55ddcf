// Problems whose sums have more terms than an invocation may have iterations.
import type { ConvDescriptor, Pass } from "../../src/problem/problem.ts";

export const LONG_SUMS: readonly (readonly [string, Pass, ConvDescriptor])[] = [
  [
    "a dot product along the channels",
    "forward",
    { inputShape: [1, 270_000, 1], kernelShape: [2, 270_000, 1], bias: true, activation: "relu" },
  ],
  ["a dot product along an axis", "forward", { inputShape: [1, 1, 70_001], kernelShape: [1, 1, 70_001] }],
  [
    "channels and cells",
    "forward",
    { inputShape: [1, 500, 501, 1], kernelShape: [1, 500, 500, 1], padding: [1, 0], paddingMode: "replicate" },
  ],
  ["the gradient of an input", "backward-data", { inputShape: [1, 2, 4], kernelShape: [66_000, 2, 2], stride: 2 }],
  [
    "the gradient of weights",
    "backward-weights",
    { inputShape: [1, 1, 700, 701], kernelShape: [1, 1, 3, 3], padding: 1 },
  ],
];
