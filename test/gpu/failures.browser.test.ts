// What a user sees when the GPU fails, is shared with others, offers little or is not there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, createEngine, conv } from "../../src/index.ts";
import { INPUT, KERNEL, PADDING_1 } from "../suite/worked.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());

describe("GPU failures", () => {
  it("reject the next read with the cause, once", async () => {
    const usage = GPUBufferUsage.STORAGE;
    const buffer = engine.device.createBuffer({ size: 64, usage });
    const unreadable = engine.wrap(buffer, [16]);
    await expect(unreadable.read()).rejects.toMatchObject({
      code: "gpu-validation",
      message: expect.stringContaining("read"),
    });
    const tensor = engine.tensor([1], [1]);
    expect([...(await tensor.read())]).toEqual([1]);
    for (const one of [buffer, unreadable, tensor]) one.destroy();
  });

  it("of a lost device reject reads and resolve engine.lost", async () => {
    const doomed = await createEngine();
    const tensor = doomed.tensor([1], [1]);
    doomed.device.destroy();
    expect((await doomed.lost).code).toBe("device-lost");
    await expect(tensor.read()).rejects.toMatchObject({ code: "device-lost" });
    doomed.destroy();
    expect(doomed.memory.total).toBe(0);
  });

  it("leave a shared device and its error scopes alone", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    device.pushErrorScope("validation");
    const shared = await createEngine({ device });
    const x = shared.tensor(INPUT, [1, 1, 5, 5]);
    const w = shared.tensor(KERNEL, [1, 1, 3, 3]);
    const y = conv(x, w, { padding: 1 });
    expect([...(await y.read())]).toEqual(PADDING_1);
    expect(await device.popErrorScope()).toBeNull();
    shared.destroy();
    expect(shared.memory.total).toBe(0);
    const still = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    still.destroy();
    device.destroy();
  });

  it("run on default limits", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    expect(device.limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
    const small = await createEngine({ device });
    const x = small.tensor(INPUT, [1, 1, 5, 5]);
    const w = small.tensor(KERNEL, [1, 1, 3, 3]);
    const plan = await small.plan("forward", { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 });
    const ranked = new Set(Array.from(plan.explain().matchAll(/^ *\d+ (\S+)/gm), (match) => match[1]!));
    for (const algorithm of ranked) {
      const y = conv(x, w, { padding: 1, algorithm });
      // By transforms the integers are met but for rounding.
      expect(Array.from(await y.read(), Math.round)).toEqual(PADDING_1);
    }
    small.destroy();
    device.destroy();
  });
});

describe("createEngine", () => {
  it("says what it got", () => {
    expect(engine.info.limits.maxBufferSize).toBeGreaterThan(0);
    expect(typeof engine.info.adapter.vendor).toBe("string");
    expect(engine.algorithms.map(({ name }) => name)).toContain("direct");
  });

  it("refuses an environment without WebGPU or without an adapter", async () => {
    await expect(
      createEngine({ gpu: { requestAdapter: () => Promise.resolve(null) } as unknown as GPU }),
    ).rejects.toMatchObject({ code: "no-adapter" });
    await expect(createEngine({ device: engine.device, gpu: navigator.gpu })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    await expect(createEngine({ devise: 1 } as never)).rejects.toMatchObject({ code: "unknown-option" });
  });
});
