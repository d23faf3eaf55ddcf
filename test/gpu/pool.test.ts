// Calls of a known shape make nothing on the device: results come from the pool of freed buffers, and bind groups are found again. On a fake
// device that counts.
import { beforeEach, describe, expect, it } from "vitest";
import { MAX_POOLED, MIN_POOL } from "../../src/gpu/memory.ts";
import {
  type Engine,
  type Tensor,
  conv,
  convBackwardData,
  convBackwardWeights,
  createEngine,
} from "../../src/index.ts";
import { add } from "../../src/ops/index.ts";
import { Arguments, callOperation, tensorsOf } from "../ops/call.ts";
import { operationCalls } from "../ops/calls.ts";
import { type FakeDevice, fakeDevice } from "../suite/fake-device.ts";

let fake: FakeDevice;
let engine: Engine;
beforeEach(async () => {
  fake = fakeDevice();
  engine = await createEngine({ device: fake.device, tuning: "forget" });
});

const SHAPE = [1, 8, 9, 9];
const KERNEL = [4, 8, 3, 3];
const RESULT = [1, 4, 9, 9];
const MIB = 2 ** 20;

/** What the third of three calls makes on the device. */
function madeByThird(call: () => void): { buffers: number; bindGroups: number } {
  call();
  call();
  const before = fake.created();
  call();
  const after = fake.created();
  return { buffers: after.buffers - before.buffers, bindGroups: after.bindGroups - before.bindGroups };
}

const NOTHING = { buffers: 0, bindGroups: 0 };
const destroy = (result: unknown): void => {
  for (const tensor of tensorsOf(result)) tensor.destroy();
};

/** A tensor of so many bytes. */
const sized = (bytes: number): Tensor => engine.tensor(new Float32Array(bytes / 4), [bytes / 4]);

describe("a call of a known shape makes no buffer and no bind group", () => {
  it.each(["direct", "im2col", "winograd", "fft"])("of convolution by %s, in every pass", (algorithm) => {
    const [x, w, dy] = [engine.empty(SHAPE), engine.empty(KERNEL), engine.empty(RESULT)];
    const options = { padding: 1, algorithm };
    expect(madeByThird(() => conv(x, w, options).destroy())).toEqual(NOTHING);
    const data = (): void => convBackwardData(dy, w, { ...options, inputShape: SHAPE }).destroy();
    expect(madeByThird(data)).toEqual(NOTHING);
    const weights = (): void => convBackwardWeights(x, dy, { ...options, kernelShape: KERNEL }).destroy();
    expect(madeByThird(weights)).toEqual(NOTHING);
  });

  it("of any operation", () => {
    const layout = "channels-first";
    for (const call of operationCalls({ layout, channels: 4, size: 6 })) {
      const given = new Arguments(engine, call, { layout, dtype: "f32" });
      const made = madeByThird(() => destroy(callOperation(call, given.list())));
      expect(made, `${call.operation} ${JSON.stringify(call.options)}`).toEqual(NOTHING);
      given.destroy();
    }
  });

  it("of weights that change from call to call", () => {
    const [x, w] = [engine.empty(SHAPE), engine.empty(KERNEL)];
    const call = (): void => {
      w.write(new Float32Array(4 * 8 * 9));
      conv(x, w, { padding: 1, algorithm: "winograd" }).destroy();
    };
    expect(madeByThird(call)).toEqual(NOTHING);
  });

  it("with new inputs of the same sizes", () => {
    const w = engine.empty(KERNEL);
    const call = (): void => {
      using x = engine.tensor(new Float32Array(8 * 81), SHAPE);
      conv(x, w, { padding: 1 }).destroy();
    };
    expect(madeByThird(call)).toEqual(NOTHING);
  });

  it("in a network that has the shape in many layers", () => {
    const layers = Array.from({ length: 30 }, () => engine.empty([8, 8, 3, 3]));
    const x = engine.empty(SHAPE);
    const network = (): void => {
      const maps = [x];
      for (const w of layers) maps.push(conv(maps.at(-1)!, w, { padding: 1, algorithm: "direct" }));
      for (const map of maps.slice(1)) map.destroy();
    };
    expect(madeByThird(network)).toEqual(NOTHING);
  });

  it("of values that are read", async () => {
    const x = engine.tensor([1, 2, 3], [3]);
    await x.read();
    const before = fake.created();
    await x.read();
    expect(fake.created()).toEqual(before);
    expect(engine.memory.reads).toBe(0);
  });
});

describe("the pool", () => {
  it("holds what is destroyed, counted as such, until the engine is destroyed", () => {
    const [x, y] = [sized(64), sized(128)];
    const before = engine.memory;
    x.destroy();
    expect(engine.memory).toEqual({ ...before, tensors: 128, pool: 64 });
    const again = sized(64);
    expect(engine.memory).toEqual(before);
    for (const tensor of [y, again]) tensor.destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 192, total: before.total });
    expect(fake.live.size).toBe(2);
    engine.destroy();
    expect(engine.memory).toMatchObject({ pool: 0, total: 0 });
    expect(fake.live.size).toBe(0);
  });

  it("takes no buffer that the caller has, or had", async () => {
    const asked = sized(64);
    const { buffer } = asked;
    const view = sized(64);
    const other = view.view([4, 4], "channels-first");
    expect(other.buffer).not.toBe(buffer);
    const wrapped = engine.wrap(fake.device.createBuffer({ size: 64, usage: 140 }), [16]);
    const plan = await engine.plan("forward", { inputShape: SHAPE, kernelShape: KERNEL, padding: 1 });
    const recorded = { x: engine.empty(SHAPE), w: engine.empty(KERNEL), y: engine.empty(RESULT) };
    plan.encode(fake.device.createCommandEncoder(), recorded);
    for (const tensor of [asked, view, other, wrapped, ...Object.values(recorded)]) tensor.destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 0 });
    // Only the one that is the caller's is left, and what the plan and the recorded weights have.
    expect(fake.live.has(buffer)).toBe(false);
  });

  it("takes no prepacked weights that an encoder of the caller's may yet read", async () => {
    const shapes = { inputShape: SHAPE, kernelShape: KERNEL, padding: 1 };
    const plan = await engine.plan("forward", shapes, { algorithm: "winograd" });
    const [x, w, y] = [engine.empty(SHAPE), engine.empty(KERNEL), engine.empty(RESULT)];
    plan.encode(fake.device.createCommandEncoder(), { x, w, y });
    expect(engine.memory.weights).toBe(plan.preparedBytes);
    w.updated();
    plan.encode(fake.device.createCommandEncoder(), { x, w, y });
    plan.destroy();
    w.updated();
    expect(engine.memory).toMatchObject({ weights: 0, pool: 0 });
  });

  it("takes memory that tensors share from the last of them", () => {
    const x = sized(64);
    const view = x.view([4, 4], "channels-first");
    x.destroy();
    expect(engine.memory).toMatchObject({ tensors: 64, pool: 0 });
    view.destroy();
    view.destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 64 });
    const [one, two] = [sized(64), sized(64)];
    expect(one.storage).not.toBe(two.storage);
  });

  it("gives no memory to a tensor of zeros, nor to one of another size", () => {
    sized(64).destroy();
    const created = fake.created().buffers;
    const others = [engine.empty([16]), sized(60), sized(68)];
    expect(fake.created().buffers).toBe(created + 3);
    expect(engine.memory.pool).toBe(64);
    destroy(others);
  });

  it("holds the most for tensors in use, or 64 MiB; the size that was least recently used goes first", () => {
    expect(MIN_POOL).toBe(64 * MIB);
    const [a, b, c] = [sized(32 * MIB), sized(24 * MIB), sized(16 * MIB)];
    a.destroy();
    b.destroy();
    expect(engine.memory.pool).toBe(56 * MIB);
    // 72 MiB are too much: those of 32 MiB go.
    c.destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 40 * MIB });
    // That of 24 MiB is used again, so that of 16 MiB goes.
    sized(24 * MIB).destroy();
    sized(32 * MIB).destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 56 * MIB });
  });

  it("holds so many small buffers", () => {
    expect(MAX_POOLED).toBe(1024);
    const tensors = Array.from({ length: 1100 }, (_, at) => sized(4 * (at + 1)));
    destroy(tensors);
    expect(fake.live.size).toBe(1024);
    // The smallest were destroyed first.
    const created = fake.created().buffers;
    destroy([sized(4 * 1100), sized(4 * 77)]);
    expect(fake.created().buffers).toBe(created);
    sized(4 * 76).destroy();
    expect(fake.created().buffers).toBe(created + 1);
  });

  it("of large tensors holds as much as is in use, and never raises the peak by more than 64 MiB", () => {
    const x = sized(100 * MIB);
    const call = (): void => add(x, x).destroy();
    expect(madeByThird(call)).toEqual(NOTHING);
    expect(engine.memory).toMatchObject({ tensors: 100 * MIB, pool: 100 * MIB });
    const { peak } = engine.memory;
    // Another size at once takes the place of the result.
    const other = sized(80 * MIB);
    expect(engine.memory).toMatchObject({ pool: 0 });
    expect(engine.memory.peak).toBe(peak);
    for (const tensor of [x, other]) tensor.destroy();
    expect(engine.memory.pool).toBeLessThanOrEqual(64 * MIB);
  });

  it("is given up when memory runs out, and nothing that may be invalid gets into it", async () => {
    const device = fake.device as { popErrorScope: GPUDevice["popErrorScope"] };
    const fine = device.popErrorScope;
    const kept = sized(64);
    sized(128).destroy();
    device.popErrorScope = () => Promise.resolve({ message: "forced" } as GPUError);
    const failed = sized(256);
    device.popErrorScope = fine;
    await expect(kept.read()).rejects.toMatchObject({ code: "out-of-memory" });
    expect(engine.memory.pool).toBe(0);
    for (const tensor of [failed, kept]) tensor.destroy();
    expect(engine.memory).toMatchObject({ tensors: 0, pool: 0 });
    sized(256).destroy();
    expect(engine.memory.pool).toBe(256);
  });

  it("is given up for an allocation that fails at once", () => {
    const x = engine.empty(SHAPE);
    const held = sized(64 * MIB);
    held.destroy();
    const device = fake.device as { createBuffer: GPUDevice["createBuffer"] };
    const { createBuffer } = device;
    device.createBuffer = (descriptor) => {
      if (engine.memory.pool > 0) throw new RangeError("no memory");
      return createBuffer(descriptor);
    };
    add(x, x).destroy();
    expect(engine.memory.pool).toBe(x.byteLength);
  });
});
