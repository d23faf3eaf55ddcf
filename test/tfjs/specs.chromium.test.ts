// The specs of convolution that TensorFlow.js ships, unmodified: once with its own kernels and once with those of the adapter.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { afterAll, describe, expect, it, vi } from "vitest";
import { declareSpecs } from "./jasmine.ts";

/** The name of the backend that keeps the kernels of TensorFlow.js, on a device of its own. */
const CONTROL = "control";
tf.copyRegisteredKernels("webgpu", CONTROL);
tf.registerBackend(CONTROL, tf.findBackendFactory("webgpu"));
const { statistics, unregister } = await import("../../src/tfjs/index.ts");

// Each suite begins and ends with a reset, which would compile every kernel again.
const reset = vi.spyOn(tf.engine(), "reset").mockReturnValue();
afterAll(() => {
  reset.mockRestore();
  unregister();
});

/** The specs of a backend: how many ran, in how many the engine computed something, and those of which it passed something on. */
interface Specs {
  run: number;
  served: number;
  readonly passedOn: string[];
}
const specs: Record<string, Specs> = {
  [CONTROL]: { run: 0, served: 0, passedOn: [] },
  webgpu: { run: 0, served: 0, passedOn: [] },
};

await declareSpecs(
  async () => {
    const { setTestEnvs } = await import("@tensorflow/tfjs-core/dist/jasmine_util.js");
    const environment = { flags: { WEBGPU_CPU_FORWARD: false }, isDataSync: true };
    setTestEnvs([
      { ...environment, name: "without Convoke", backendName: CONTROL },
      { ...environment, name: "with Convoke", backendName: "webgpu" },
    ]);
    await import("@tensorflow/tfjs-core/dist/ops/conv1d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/conv2d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/conv2d_separable_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/conv3d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/conv3d_transpose_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/fused/fused_conv2d_test.js");
    await import("@tensorflow/tfjs-core/dist/ops/fused/fused_depthwise_conv2d_test.js");
  },
  async (names, spec) => {
    const before = statistics();
    await spec();
    const counts = specs[tf.getBackend()]!;
    counts.run++;
    let served = 0;
    for (const [kernel, after] of Object.entries(statistics())) {
      served += after.served - before[kernel]!.served;
      if (after.passedOn > before[kernel]!.passedOn) counts.passedOn.push(`${kernel}: ${names.at(-1)}`);
    }
    if (served > 0) counts.served++;
  },
);

describe("the specs", () => {
  it("ran on each backend, and on one alone by the engine", () => {
    expect(specs[CONTROL]).toEqual({ run: 238, served: 0, passedOn: [] });
    expect(specs["webgpu"]!.run).toBe(238);
    // The others refuse their arguments before any kernel is called.
    expect(specs["webgpu"]!.served).toBeGreaterThanOrEqual(171);
  });

  it("left to the kernels of TensorFlow.js only what is not a convolution with a bias", () => {
    const known = [
      // dy is larger than the result of the convolution whose gradient is asked for.
      "Conv2DBackpropInput: input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
      // The bias has the shape of the result.
      "FusedConv2D: gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
      "FusedDepthwiseConv2D: gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
    ];
    const convolutions = specs["webgpu"]!.passedOn.filter((one) => /^[^:]*Conv/.test(one));
    expect(convolutions.filter((one) => !known.includes(one))).toEqual([]);
  });

  it("called every kernel of convolution", () => {
    const kernels = Object.entries(statistics()).filter(([kernel]) => kernel.includes("Conv"));
    expect(kernels).toHaveLength(11);
    for (const [kernel, { served }] of kernels) expect(served, kernel).toBeGreaterThan(0);
  });

  it("left as much allocated as without the adapter", async () => {
    const bytes: number[] = [];
    for (const backend of ["webgpu", CONTROL]) {
      await tf.setBackend(backend);
      bytes.push((tf.memory() as tf.MemoryInfo & { numBytesInGPU: number }).numBytesInGPU);
    }
    expect(bytes[0]).toBe(bytes[1]);
  });
});
