// Misuse, and valid use that resembles it: destroyed objects are used again, options change during a call, engines, devices and threads are
// shared. Each case is refused with a reason, or gives the right result.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ConvDescriptor,
  type ConvOptions,
  type Engine,
  createEngine,
  conv,
  convBackwardBias,
  convTranspose,
} from "../../src/index.ts";
import { newDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";
import { INPUT, KERNEL, PADDING_1, thrown } from "../suite/worked.ts";

const descriptor: ConvDescriptor = { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 };
const by = { padding: 1, algorithm: "direct" };

let device: GPUDevice;
let engine: Engine;
beforeAll(async () => {
  device = await newDevice();
  engine = await createEngine({ device, tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  device.destroy();
});

const operands = (on: Engine) => ({ x: on.tensor(INPUT, [1, 1, 5, 5]), w: on.tensor(KERNEL, [1, 1, 3, 3]) });

describe("after destroy", () => {
  it.each(["a device of its own", "a device of the caller's"])(
    "an engine on %s and its tensors and plans are refused, pending reads reject, and nothing is allocated",
    async (which) => {
      const one = await createEngine({ tuning: "forget", ...(which.includes("caller") && { device }) });
      const { x, w } = operands(one);
      const plan = await one.plan("forward", descriptor, { algorithm: "direct" });
      const bias = convBackwardBias(x);
      const pending = [x.read(), bias.read(), one.plan("forward", descriptor), one.find("forward", descriptor)];
      one.destroy();
      one.destroy();
      for (const settled of await Promise.allSettled(pending))
        expect(settled).toMatchObject({ status: "rejected", reason: { code: "destroyed" } });
      const encoder = device.createCommandEncoder();
      const calls = [
        () => one.tensor([1], [1]),
        () => one.empty([1]),
        () => conv(x, w),
        () => convTranspose(x, w),
        () => convBackwardBias(x),
        () => one.wrap(x.buffer, [1]),
        () => x.write(INPUT),
        () => plan.run({ x, w }),
        () => plan.encode(encoder, { x, w, y: bias.buffer }),
      ];
      for (const call of calls) expect(thrown(call).code).toBe("destroyed");
      const later = [x.read(), one.plan("forward", descriptor), one.find("forward", descriptor), one.calibrate()];
      for (const settled of await Promise.allSettled(later))
        expect(settled).toMatchObject({ status: "rejected", reason: { code: "destroyed" } });
      for (const made of [x, w, plan]) made.destroy();
      expect(one.memory.total).toBe(0);
    },
  );

  it("a tensor's pending read still gives its values, and so does work that used it", async () => {
    const { x, w } = operands(engine);
    const reading = x.read();
    const y = conv(x, w, by);
    for (const tensor of [x, w]) tensor.destroy();
    x.destroy();
    expect([...(await reading)]).toEqual(INPUT);
    expect([...(await y.read())]).toEqual(PADDING_1);
    expect(thrown(() => x.write(INPUT)).code).toBe("destroyed");
    await expect(x.read()).rejects.toMatchObject({ code: "destroyed" });
    y.destroy();
  });

  it("a plan is refused, and its earlier result is right", async () => {
    const plan = await engine.plan("forward", descriptor, { algorithm: "direct" });
    const { x, w } = operands(engine);
    const y = plan.run({ x, w });
    plan.destroy();
    plan.destroy();
    expect([...(await y.read())]).toEqual(PADDING_1);
    expect(thrown(() => plan.run({ x, w })).code).toBe("destroyed");
    expect(thrown(() => plan.encode(device.createCommandEncoder(), { x, w, y })).code).toBe("destroyed");
    for (const tensor of [x, w, y]) tensor.destroy();
  });
});

describe("foreign objects", () => {
  it("are refused: a tensor of another engine, even on the same device", async () => {
    const other = await createEngine({ device, tuning: "forget" });
    const plan = await engine.plan("forward", descriptor, { algorithm: "direct" });
    const { x, w } = operands(engine);
    const foreign = operands(other);
    expect(thrown(() => conv(foreign.x, w)).code).toBe("foreign-tensor");
    expect(thrown(() => conv(x, foreign.w)).code).toBe("foreign-tensor");
    expect(thrown(() => conv(x, w, { residual: foreign.x, padding: 1 })).code).toBe("foreign-tensor");
    expect(thrown(() => plan.run({ x, w: foreign.w })).code).toBe("foreign-tensor");
    expect(thrown(() => plan.encode(device.createCommandEncoder(), { ...foreign, y: x })).code).toBe("foreign-tensor");
    // Its buffer may be wrapped.
    const wrapped = engine.wrap(foreign.x.buffer, [1, 1, 5, 5]);
    const y = conv(wrapped, w, by);
    expect([...(await y.read())]).toEqual(PADDING_1);
    other.destroy();
    for (const one of [plan, x, w, y, wrapped]) one.destroy();
  });

  it("are refused: a buffer that is too small or lacks STORAGE usage", async () => {
    const small = device.createBuffer({ size: 96, usage: GPUBufferUsage.STORAGE });
    const wrong = device.createBuffer({ size: 256, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    expect(thrown(() => engine.wrap(small, [1, 1, 5, 5])).message).toBe(
      "buffer: got a buffer of 96 bytes, expected at least 100 bytes for the shape [1, 1, 5, 5]",
    );
    expect(thrown(() => engine.wrap(wrong, [1, 1, 5, 5])).message).toMatch(/^buffer: got usage 12, .*STORAGE/);
    for (const buffer of [small, wrong]) buffer.destroy();
  });

  it("are reported by the next read: a buffer that is destroyed, or of another device", async () => {
    const [other, usage] = [await newDevice(), GPUBufferUsage.STORAGE];
    const dead = device.createBuffer({ size: 100, usage });
    dead.destroy();
    const { x, w } = operands(engine);
    for (const buffer of [dead, other.createBuffer({ size: 100, usage })]) {
      const wrapped = engine.wrap(buffer, [1, 1, 5, 5]);
      const y = conv(wrapped, w, by);
      await expect(y.read()).rejects.toMatchObject({ code: "gpu-validation" });
      y.destroy();
    }
    // Between two calls of a shape.
    const wrapped = engine.wrap(device.createBuffer({ size: 100, usage }), [1, 1, 5, 5]);
    for (const one of [wrapped, engine.tensor(INPUT, [1, 1, 5, 5])]) {
      for (let turn = 0; turn < 2; turn++) {
        const y = conv(one, w, by);
        await y.read();
        y.destroy();
      }
      one.buffer.destroy();
      const y = conv(one, w, by);
      await expect(y.read()).rejects.toMatchObject({ code: "gpu-validation" });
      for (const tensor of [one, y]) tensor.destroy();
    }
    const y = conv(x, w, by);
    expect([...(await y.read())]).toEqual(PADDING_1);
    for (const one of [x, w, y]) one.destroy();
    other.destroy();
  });
});

describe("options", () => {
  it("and data that change during or after a call do not matter", async () => {
    const data = Float32Array.from(INPUT);
    const shape = [1, 1, 5, 5];
    const x = engine.tensor(data, shape);
    data.fill(7);
    shape[3] = 4;
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const options: ConvOptions = { padding: [1, 1], algorithm: "direct" };
    const y = conv(x, w, options);
    (options.padding as number[])[0] = 0;
    options.stride = 2;
    expect(y.shape).toEqual([1, 1, 5, 5]);
    expect([...(await y.read())]).toEqual(PADDING_1);
    const changing = { ...descriptor, padding: [1, 1], inputShape: [1, 1, 5, 5] };
    const constraints = { algorithm: "direct" };
    const planned = engine.plan("forward", changing, constraints);
    changing.padding[0] = 0;
    changing.inputShape[3] = 9;
    constraints.algorithm = "none";
    const plan = await planned;
    expect([plan.algorithm, plan.outputShape]).toEqual(["direct", [1, 1, 5, 5]]);
    for (const one of [plan, x, w, y]) one.destroy();
  });

  it("that change during a search do not matter", async () => {
    const changing = { ...descriptor, padding: [1, 1] };
    const found = await engine.find("forward", changing, {
      algorithm: "direct",
      progress: () => (changing.padding[0] = 0),
    });
    expect(found.map(({ failed }) => failed).filter((failed) => failed !== undefined)).toEqual([]);
    expect(engine.tuning.export().entries[0]!.key).toContain('"padBegin":[0,1,1]');
  });
});

describe("sharing", () => {
  it("one engine among many calls at once gives each its own result", async () => {
    const w = engine.tensor([2], [1, 1, 1, 1]);
    const square = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const one = async (seed: number): Promise<void> => {
      const values = integers(25, seed, 8);
      const x = engine.tensor(values, [1, 1, 5, 5]);
      const algorithm = ["direct", "im2col"][seed % 2]!;
      const y = conv(x, square, { padding: 1, algorithm });
      const doubled = conv(x, w, { algorithm: "direct" });
      const again = conv(y, w, { algorithm: "direct" });
      const [sums, twice, double] = await Promise.all([y.read(), again.read(), doubled.read()]);
      expect(Array.from(twice)).toEqual(Array.from(sums, (value) => 2 * value));
      expect(Array.from(double)).toEqual(Array.from(values, (value) => 2 * value));
      for (const tensor of [x, y, doubled, again]) tensor.destroy();
    };
    await Promise.all(Array.from({ length: 40 }, (_, at) => one(at + 1)));
    w.destroy();
    square.destroy();
    expect(engine.memory.tensors + engine.memory.reads).toBe(0);
  });

  it("devices: two engines on one and one on another work side by side, and outlive each other", async () => {
    const own = await createEngine({ tuning: "forget" });
    const second = await createEngine({ device, tuning: "forget" });
    const run = async (on: Engine): Promise<void> => {
      const { x, w } = operands(on);
      const y = conv(x, w, by);
      expect([...(await y.read())]).toEqual(PADDING_1);
      for (const tensor of [x, w, y]) tensor.destroy();
    };
    await Promise.all([engine, second, own].map(run));
    own.destroy();
    await Promise.all([engine, second].map(run));
    second.destroy();
    await run(engine);
  });

  // Node has no web workers.
  it.skipIf(!("Worker" in globalThis))("a thread: an engine works in a worker", async () => {
    const worker = new Worker(new URL("../suite/worker.ts", import.meta.url), { type: "module" });
    try {
      const message = await new Promise<unknown>((resolve) => {
        worker.addEventListener("message", ({ data }) => resolve(data));
        worker.addEventListener("error", ({ message: error }) => resolve({ error }));
      });
      expect(message).toEqual({ values: PADDING_1, memory: 0 });
    } finally {
      worker.terminate();
    }
  });

  it("error scopes and handlers: the caller's get the caller's errors and no others", async () => {
    const shared = await newDevice();
    const uncaptured: string[] = [];
    shared.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      uncaptured.push(event.error.message);
    });
    let lost = 0;
    const losing = shared.lost.then(() => lost++);
    shared.pushErrorScope("validation");
    const one = await createEngine({ device: shared, tuning: "forget" });
    const { x, w } = operands(one);
    const y = conv(x, w, by);
    // An error of the engine's.
    const unreadable = one.wrap(shared.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE }), [16]);
    await expect(unreadable.read()).rejects.toMatchObject({ code: "gpu-validation" });
    // An error of the caller's, inside the caller's scope and then outside any.
    shared.createBuffer({ size: 4, usage: 0 });
    expect([...(await y.read())]).toEqual(PADDING_1);
    expect((await shared.popErrorScope())?.message).toBeTypeOf("string");
    expect(uncaptured).toEqual([]);
    shared.createBuffer({ size: 4, usage: 0 });
    const z = conv(x, w, by);
    expect([...(await z.read())]).toEqual(PADDING_1);
    expect(uncaptured.length).toBe(1);
    one.destroy();
    expect(lost).toBe(0);
    shared.destroy();
    await losing;
    expect(lost).toBe(1);
  });
});
