// The algorithms with all kinds of kernels, of GPUs and of adapters that compute on the CPU, for tests of what any adapter may be offered.
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { depthwise, depthwiseTiles } from "../../src/algorithms/depthwise/depthwise.ts";
import { depthwiseQuads } from "../../src/algorithms/depthwise/quads.ts";
import { depthwiseStrips } from "../../src/algorithms/depthwise/sliding.ts";
import { algorithms as onGpus } from "../../src/algorithms/hardware.ts";

export const algorithms: readonly Algorithm[] = onGpus.map((one) =>
  one.name === "depthwise" ? depthwise(depthwiseStrips, depthwiseQuads, depthwiseTiles) : one,
);
