// The specs that TensorFlow.js ships of products, pooling, resizing, softmax and batch normalisation, as specs.chromium.test.ts has those of convolution.
import { describe, expect, it } from "vitest";
import { ADAPTED, CONTROL, declareForBoth, expectEqualMemory, statistics } from "./specs.ts";

const specs = await declareForBoth(
  async () => {
    await import("@tensorflow/tfjs-core/dist/ops/fused/fused_mat_mul_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/mat_mul_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/max_pool_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/avg_pool_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/max_pool_3d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/avg_pool_3d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/pool_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/image/resize_bilinear_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/image/resize_nearest_neighbor_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/softmax_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/batchnorm_test.js");
  },
  {
    [CONTROL]: ["Propagates NaNs"],
    // Max pooling propagates NaN, as in PyTorch.
    [ADAPTED]: ["[x=[3,3,1] f=[2,2] s=1 ignores NaNs", "x=[1,3,3,3,1] f=[2,2,2] s=1 p=valid, ignores NaNs"],
  },
);

describe("the specs", () => {
  it("ran on each backend, and on one alone by the engine", () => {
    expect(specs[CONTROL]).toEqual({ run: 377, served: 0, passedOn: [] });
    expect(specs[ADAPTED]!.run).toBe(377);
  });

  it("called every kernel of the adapter but those of convolution", () => {
    const kernels = Object.entries(statistics()).filter(([kernel]) => !kernel.includes("Conv"));
    expect(kernels.length).toBeGreaterThan(0);
    for (const [kernel, { served }] of kernels) expect(served, kernel).toBeGreaterThan(0);
  });

  it("left as much allocated as without the adapter", expectEqualMemory);
});
