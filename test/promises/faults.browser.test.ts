// Forced faults: a lost device, memory that runs out, kernels that do not compile, searches that are stopped. Each ends with a ConvError
// that names the cause, and the calls after it work.
import { describe, expect, it } from "vitest";
import { type ConvError, type Engine, createEngine, conv } from "../../src/index.ts";
import { newDevice, onCountedDevice } from "../suite/counting.ts";
import { INPUT, KERNEL, PADDING_1, thrown } from "../suite/worked.ts";

const descriptor = { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 };
const by = { padding: 1, algorithm: "direct" };

function operands(engine: Engine) {
  return { x: engine.tensor(INPUT, [1, 1, 5, 5]), w: engine.tensor(KERNEL, [1, 1, 3, 3]) };
}

/** The worked numbers, computed by this engine. */
async function expectRight(engine: Engine, options = by): Promise<void> {
  const { x, w } = operands(engine);
  const y = conv(x, w, options);
  try {
    expect(Array.from(await y.read(), Math.round)).toEqual(PADDING_1);
  } finally {
    for (const tensor of [x, w, y]) tensor.destroy();
  }
}

const settledCodes = async (promises: readonly Promise<unknown>[]): Promise<(string | undefined)[]> =>
  (await Promise.allSettled(promises)).map((one) =>
    one.status === "rejected" ? (one.reason as ConvError).code : undefined,
  );

describe("a device that is lost", () => {
  it("under load rejects what is pending with the cause, and a new engine works", async () => {
    const engine = await createEngine({ tuning: "forget" });
    const { x, w } = operands(engine);
    const results = Array.from({ length: 8 }, () => conv(x, w, by));
    const reads = settledCodes(results.map((tensor) => tensor.read()));
    const plans = settledCodes(["im2col", "fft"].map((algorithm) => engine.plan("forward", descriptor, { algorithm })));
    const calibrated = settledCodes([engine.calibrate()]);
    engine.device.destroy();
    const lost = await engine.lost;
    expect([lost.name, lost.code]).toEqual(["ConvError", "device-lost"]);
    for (const code of await reads) expect(code).toBe("device-lost");
    for (const code of await plans) expect([undefined, "device-lost"]).toContain(code);
    expect(await calibrated).toEqual(["device-lost"]);
    // Later calls report the loss as well.
    expect(await settledCodes([conv(x, w, by).read(), engine.find("forward", descriptor)])).toEqual([
      "device-lost",
      "device-lost",
    ]);
    expect(engine.tuning.export()).toMatchObject({ entries: [], calibrations: [] });
    engine.destroy();
    expect(engine.memory.total).toBe(0);
    const next = await createEngine({ tuning: "forget" });
    await expectRight(next);
    next.destroy();
  });

  it("during a search ends it and keeps none of its results", async () => {
    const engine = await createEngine({ tuning: "forget" });
    const seen: number[] = [];
    const found = engine.find("forward", descriptor, {
      maxWorkspaceBytes: 0,
      progress: ({ done }) => {
        seen.push(done);
        if (done === 1) engine.device.destroy();
      },
    });
    await expect(found).rejects.toMatchObject({ code: "device-lost" });
    expect(seen).toEqual([0, 1]);
    expect(engine.tuning.size).toBe(0);
    expect(engine.memory.tensors).toBe(0);
    engine.destroy();
  });
});

describe("memory that runs out", () => {
  /**
   * Lets the creation of buffers with a matching label fail as if memory had run out: it throws at once, or it reports to the error scope and
   * returns an invalid buffer.
   * @returns a function that restores the device
   */
  function starve(device: GPUDevice, label: RegExp, code: "out-of-memory" | "throw"): () => void {
    const createBuffer = device.createBuffer.bind(device);
    const pushErrorScope = device.pushErrorScope.bind(device);
    const popErrorScope = device.popErrorScope.bind(device);
    const open: string[] = [];
    let failing = false;
    const starving = {
      createBuffer(wanted: GPUBufferDescriptor): GPUBuffer {
        if (!label.test(wanted.label ?? "")) return createBuffer(wanted);
        if (code === "throw") throw new RangeError("no memory");
        failing = true;
        // An invalid buffer, as when its allocation fails.
        return createBuffer({ ...wanted, usage: 0 });
      },
      pushErrorScope(filter: GPUErrorFilter): undefined {
        open.push(filter);
        pushErrorScope(filter);
      },
      async popErrorScope(): Promise<GPUError | null> {
        const filter = open.pop();
        const failed = failing && filter === "out-of-memory";
        if (failed) failing = false;
        const error = await popErrorScope();
        return failed ? new GPUOutOfMemoryError("forced") : error;
      },
    };
    Object.assign(device, starving);
    return () => void Object.assign(device, { createBuffer, pushErrorScope, popErrorScope });
  }

  it.each([
    ["a result", /^convoke .* y$/, "direct"],
    ["the workspace", /convoke workspace/, "im2col"],
    ["prepacked weights", /convoke prepared/, "winograd"],
  ])("for %s is reported by the next read, affects no later call and leaks nothing", async (_, label, algorithm) => {
    await onCountedDevice(async (engine, { device, live }) => {
      const options = { padding: 1, algorithm };
      const { x, w } = operands(engine);
      const feed = starve(device, label, "out-of-memory");
      const failed = conv(x, w, options);
      await expect(failed.read()).rejects.toMatchObject({ code: "out-of-memory" });
      feed();
      failed.destroy();
      // The same weights, whose prepacked copy failed to allocate, and the same workspace.
      const y = conv(x, w, options);
      expect(Array.from(await y.read(), Math.round)).toEqual(PADDING_1);
      y.destroy();
      for (const tensor of [x, w]) tensor.destroy();
      expect([engine.memory.tensors, engine.memory.weights, engine.memory.reads]).toEqual([0, 0, 0]);
      engine.destroy();
      expect(live()).toEqual({ buffers: 0, bytes: 0 });
    });
  });

  it("on the caller's encoder is reported by the next read, and the plan still works", async () => {
    await onCountedDevice(async (engine, { device }) => {
      const plan = await engine.plan("forward", descriptor, { algorithm: "im2col" });
      const { x, w } = operands(engine);
      const y = engine.empty([1, 1, 5, 5]);
      const uncaptured: string[] = [];
      device.addEventListener("uncapturederror", (event) => {
        event.preventDefault();
        uncaptured.push(event.error.constructor.name);
      });
      const record = (): void => {
        const encoder = device.createCommandEncoder();
        plan.encode(encoder, { x, w, y });
        device.queue.submit([encoder.finish()]);
      };
      const feed = starve(device, /convoke workspace/, "out-of-memory");
      record();
      await expect(y.read()).rejects.toMatchObject({ code: "out-of-memory" });
      feed();
      expect(uncaptured).not.toContain("GPUOutOfMemoryError");
      record();
      expect([...(await y.read())]).toEqual(PADDING_1);
      for (const one of [plan, x, w, y]) one.destroy();
      // Only the engine's own workspace is left, in which the weights were prepacked.
      const { tensors, weights, plans, reads, workspace } = engine.memory;
      expect([tensors, weights, plans, reads, workspace]).toEqual([0, 0, 0, 0, plan.workspaceBytes]);
    });
  });

  it("and throws at once makes the call throw, and what it had allocated is freed", async () => {
    await onCountedDevice(async (engine, { device }) => {
      const { x, w } = operands(engine);
      const before = engine.memory.total;
      const feed = starve(device, /convoke uniforms/, "throw");
      expect(thrown(() => conv(x, w, by)).code).toBe("out-of-memory");
      expect(engine.memory.total).toBe(before);
      await expect(engine.plan("forward", descriptor, { algorithm: "direct" })).rejects.toMatchObject({
        code: "out-of-memory",
      });
      feed();
      await expectRight(engine);
    });
  });
});

describe("a kernel that does not compile", () => {
  const broken = "@compute @workgroup_size(1) fn main() { this is no WGSL }";

  /** Breaks the next shader module. */
  function breakOnce(device: GPUDevice): void {
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = (wanted) => {
      device.createShaderModule = createShaderModule;
      return createShaderModule({ ...wanted, code: broken });
    };
  }

  // Its name is that of its last shader, or in the published library, whose shaders have none, of its uniform struct. Which kernel is compiled first depends
  // on the adapter.
  it("rejects a plan with its name and constants, and the next plan works", async () => {
    const device = await newDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const uncaptured: Event[] = [];
    device.addEventListener("uncapturederror", (event) => uncaptured.push(event));
    breakOnce(device);
    const failed = engine.plan("forward", descriptor, { algorithm: "direct" });
    await expect(failed).rejects.toMatchObject({
      code: "gpu-validation",
      message: expect.stringMatching(/^kernel (?:[A-Z]\w+|algorithms\/[\w/]+) with constants \{".*: failed \(/s),
    });
    expect(engine.memory.total).toBe(0);
    const createComputePipelineAsync = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = () => {
      device.createComputePipelineAsync = createComputePipelineAsync;
      return Promise.reject(new Error("busy"));
    };
    await expect(engine.plan("forward", descriptor, { algorithm: "direct" })).rejects.toThrow(/busy/);
    const plan = await engine.plan("forward", descriptor, { algorithm: "direct" });
    plan.destroy();
    await expectRight(engine);
    expect(uncaptured).toEqual([]);
    engine.destroy();
    device.destroy();
  });

  it("in an eager call is reported by the next read and not used again", async () => {
    const device = await newDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const { x, w } = operands(engine);
    breakOnce(device);
    const failed = conv(x, w, by);
    await expect(failed.read()).rejects.toMatchObject({
      code: "gpu-validation",
      message: expect.stringMatching(
        /^kernel (?:[A-Z]\w+|algorithms\/[\w/]+) with constants \{".*the GPU reported validation/s,
      ),
    });
    for (const tensor of [x, w, failed]) tensor.destroy();
    await expectRight(engine);
    engine.destroy();
    device.destroy();
  });
});

describe("abandoned work", () => {
  it("such as a search aborted before it begins measures nothing", async () => {
    const engine = await createEngine({ tuning: "forget" });
    const signal = AbortSignal.abort(new Error("not now"));
    await expect(engine.find("forward", descriptor, { signal })).rejects.toThrow("not now");
    expect(engine.tuning.export().calibrations).toEqual([]);
    expect(engine.memory.total).toBe(0);
    engine.destroy();
  });

  it("such as an encoder that is never submitted changes nothing", async () => {
    const engine = await createEngine({ tuning: "forget" });
    const plan = await engine.plan("forward", descriptor, { algorithm: "direct" });
    const { x, w } = operands(engine);
    const y = engine.empty([1, 1, 5, 5]);
    plan.encode(engine.device.createCommandEncoder(), { x, w, y });
    expect([...(await y.read())]).toEqual(PADDING_1.map(() => 0));
    const encoder = engine.device.createCommandEncoder();
    plan.encode(encoder, { x, w, y });
    engine.device.queue.submit([encoder.finish()]);
    expect([...(await y.read())]).toEqual(PADDING_1);
    for (const one of [plan, x, w, y]) one.destroy();
    expect(engine.memory.total).toBe(engine.memory.pool);
    engine.destroy();
  });
});
