// The specs of convolution that TensorFlow.js ships: once with its own kernels and once with those of the adapter.
import { describe, expect, it } from "vitest";
import { ADAPTED, CONTROL, declareForBoth, expectEqualMemory, statistics } from "./specs.ts";

const specs = await declareForBoth(async () => {
  await import("@tensorflow/tfjs-core/dist/ops/conv1d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_separable_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv3d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv3d_transpose_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/fused/fused_conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/fused/fused_depthwise_conv2d_test.js");
});

describe("the specs", () => {
  it("ran on each backend, and on one alone by the engine", () => {
    expect(specs[CONTROL]).toEqual({ run: 238, served: 0, passedOn: [] });
    expect(specs[ADAPTED]!.run).toBe(238);
    // The others refuse their arguments before any kernel is called.
    expect(specs[ADAPTED]!.served).toBeGreaterThanOrEqual(171);
  });

  it("left to the kernels of TensorFlow.js only what is not a convolution with a bias", () => {
    const known = [
      // dy is larger than the result of the convolution whose gradient is asked for.
      "Conv2DBackpropInput: input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
      // The bias has the shape of the result.
      "FusedConv2D: gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
      "FusedDepthwiseConv2D: gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
    ];
    const convolutions = specs[ADAPTED]!.passedOn.filter((one) => /^[^:]*Conv/.test(one));
    expect(convolutions.filter((one) => !known.includes(one))).toEqual([]);
  });

  it("called every kernel of convolution", () => {
    const kernels = Object.entries(statistics()).filter(([kernel]) => kernel.includes("Conv"));
    expect(kernels).toHaveLength(11);
    for (const [kernel, { served }] of kernels) expect(served, kernel).toBeGreaterThan(0);
  });

  it("left as much allocated as without the adapter", expectEqualMemory);
});
