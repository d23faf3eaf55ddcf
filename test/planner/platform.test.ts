// What is loaded for an adapter: the kernels for GPUs on those alone, beside the device, under the same names of algorithms.
import { expect, test, vi } from "vitest";
import { algorithms as whole } from "../../src/algorithms/hardware.ts";
import { algorithms as portable } from "../../src/algorithms/index.ts";
import { withQuads } from "../../src/algorithms/software.ts";
import { algorithms as withUniforms } from "../../src/algorithms/uniforms.ts";
import { openDevice } from "../../src/gpu/device.ts";
import { loadPlatform } from "../../src/planner/platform.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { GPU_CLASSES, adapterOf } from "../suite/adapters.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const { loads } = vi.hoisted(() => ({ loads: { count: 0 } }));
vi.mock("../../src/planner/hardware.ts", (original: () => Promise<object>) => {
  loads.count++;
  return original();
});

test("only a GPU loads the kernels for GPUs", async () => {
  const { algorithms, traits } = await loadPlatform(adapterOf("software"));
  expect(algorithms.map(({ name }) => name)).toEqual(portable.map(({ name }) => name));
  expect(traits.gpu).toBe("software");
  expect(loads.count).toBe(0);
  for (const gpu of GPU_CLASSES.filter((one) => one !== "software")) {
    const platform = await loadPlatform(adapterOf(gpu));
    expect(platform.algorithms).toBe(whole);
    expect(platform.traits.gpu).toBe(gpu);
  }
  expect(loads.count).toBe(1);
});

test("an unnamed software adapter binds operands as uniforms and textures if it has no subgroups", async () => {
  const { algorithms, traits } = await loadPlatform({
    vendor: "",
    architecture: "",
    description: "",
    isFallback: true,
  });
  expect(algorithms).toBe(withUniforms);
  const limits = { maxUniformBufferBindingSize: 16_384, maxTextureDimension2D: 4096 };
  const onDevice = (...features: string[]) => traits.onDevice!({ features: new Set(features), limits } as never);
  expect(onDevice()).toEqual({ uniformBytes: 16_384, textureBytes: 2 ** 26 });
  expect(onDevice("subgroups")).toEqual({});
});

test("all lists have the same algorithms, and software adapters without quads are offered the same by each", () => {
  const onCpus = withQuads(portable);
  expect(portable.map(({ name }) => name)).toEqual(whole.map(({ name }) => name));
  for (const kernelShape of [
    [48, 32, 3, 3],
    [32, 1, 3, 3],
    [48, 32, 1, 1],
  ]) {
    const problem = convProblem("forward", {
      ...{ inputShape: [1, 32, 20, 20], kernelShape, groups: 32 / kernelShape[1]!, padding: 1 },
    });
    const names = (list: typeof whole): string[][] =>
      list.map((one) => candidatesOf(one, problem, { ...SOFTWARE_TRAITS, quads: false }).map(({ variant }) => variant));
    expect(names(portable)).toEqual(names(whole));
    expect(names(portable)).toEqual(names(onCpus));
  }
});

test.each([
  ["implicit-gemm", [48, 32, 3, 3], "64x64-4x4k16"],
  ["im2col", [48, 32, 3, 3], "64x64-4x4k16"],
  ["pointwise", [48, 32, 1, 1], "64x64-4x4k16"],
  ["winograd", [48, 32, 3, 3], "f2x3-fused32"],
  ["depthwise", [32, 1, 3, 3], "p8q4-sliding"],
  ["depthwise", [32, 1, 11, 11], "p8-columns"],
  ["direct", [48, 32, 3, 3], "p8k8"],
])("%s has its variant for GPUs where it was loaded", (algorithm, kernelShape, variant) => {
  const groups = 32 / kernelShape[1]!;
  const problem = convProblem("forward", { inputShape: [1, 32, 20, 20], kernelShape, groups });
  const counts = [portable, whole].map((list) => {
    const one = list.find(({ name }) => name === algorithm)!;
    return candidatesOf(one, problem, SOFTWARE_TRAITS, variant).length;
  });
  expect(counts).toEqual([0, 1]);
});

/** An adapter whose device says when it is destroyed. */
function fakeAdapter(requestDevice: (device: GPUDevice) => Promise<GPUDevice>) {
  const destroy = vi.fn<() => void>();
  const adapter = {
    features: new Set(),
    limits: {},
    info: { vendor: "amd" },
    requestDevice: () => requestDevice({ destroy } as unknown as GPUDevice),
  } as unknown as GPUAdapter;
  return { adapter, destroy };
}

test("a device is requested while its adapter's kernels load, and destroyed if these do not come", async () => {
  const { adapter, destroy } = fakeAdapter((device) => Promise.resolve(device));
  const opened = await openDevice({ adapter }, ({ vendor }) => Promise.resolve(vendor));
  expect([opened.loaded, opened.owned]).toEqual(["amd", true]);
  expect(destroy).not.toHaveBeenCalled();

  const offline = new Error("offline");
  await expect(openDevice({ adapter }, () => Promise.reject(offline))).rejects.toBe(offline);
  expect(destroy).toHaveBeenCalledOnce();

  const order: string[] = [];
  const slow = fakeAdapter(async (device) => {
    order.push("requested");
    await Promise.resolve();
    order.push("device");
    return device;
  });
  await openDevice({ adapter: slow.adapter }, () => Promise.resolve(order.push("loading")));
  expect(order).toEqual(["requested", "loading", "device"]);

  const none = fakeAdapter(() => Promise.reject(new Error("lost")));
  await expect(openDevice({ adapter: none.adapter }, () => Promise.reject(offline))).rejects.toMatchObject({
    code: "no-device",
  });
});
