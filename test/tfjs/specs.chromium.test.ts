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

/** Calls of all kernels of the adapter until now. */
function calls(): { served: number; passedOn: number } {
  const all = Object.values(statistics());
  const sum = (which: "served" | "passedOn"): number => all.reduce((total, kernel) => total + kernel[which], 0);
  return { served: sum("served"), passedOn: sum("passedOn") };
}

/** What the specs called, by backend: how many ran, how many of those the engine computed, and what it passed on. */
const specs = {
  [CONTROL]: { run: 0, served: 0, passedOn: [] as string[] },
  webgpu: { run: 0, served: 0, passedOn: [] as string[] },
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
    const before = calls();
    await spec();
    const after = calls();
    const counts = specs[tf.getBackend() as keyof typeof specs];
    counts.run++;
    if (after.served > before.served) counts.served++;
    if (after.passedOn > before.passedOn) counts.passedOn.push(names.at(-1)!);
  },
);

describe("the specs", () => {
  it("ran on each backend, and on one alone by the engine", () => {
    expect(specs[CONTROL]).toEqual({ run: 238, served: 0, passedOn: [] });
    // The others refuse their arguments before any kernel is called.
    expect(specs.webgpu).toMatchObject({ run: 238, served: 171 });
  });

  it("left to the kernels of TensorFlow.js only what is not a convolution with a bias", () => {
    expect(specs.webgpu.passedOn).toEqual([
      // dy is larger than the result of the convolution whose gradient is asked for.
      "input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
      // The bias has the shape of the result; once each of conv2d and depthwiseConv2d.
      "gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
      "gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
    ]);
  });

  it("called every kernel of the adapter", () => {
    for (const [kernel, { served }] of Object.entries(statistics())) expect(served, kernel).toBeGreaterThan(0);
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
