// What is dropped without destroy() is freed, into the pool, when it is garbage-collected, unless the caller may still use it; and the caches of pipelines and
// ids are bounded. On a fake device that counts, with garbage collected when the test says so.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import fillShader from "../../shaders/algorithms/fill.wgsl";
import { elementCount } from "../../src/base/shape.ts";
import { GpuContext, MAX_IDS } from "../../src/gpu/context.ts";
import { MAX_PIPELINES } from "../../src/gpu/pipelines.ts";
import { type Engine, createEngine, conv } from "../../src/index.ts";
import type { Kernel } from "../../src/kernel/step.ts";
import { type FakeDevice, fakeDevice } from "../suite/fake-device.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Collects garbage and lets what waits for that run, a few times: what becomes garbage in one turn goes in the next. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
}

async function engineOnFake(): Promise<FakeDevice & { engine: Engine }> {
  const fake = fakeDevice();
  return { ...fake, engine: await createEngine({ device: fake.device, tuning: "forget" }) };
}

const SHAPE = [1, 8, 9, 9];
const KERNEL = [4, 8, 3, 3];
const ones = (shape: readonly number[]): Float32Array => new Float32Array(elementCount(shape)).fill(1);

/** What is in use. */
const used = ({ memory }: Engine): object => ({ ...memory, pool: 0, total: 0, peak: 0 });
const by = { padding: 1, algorithm: "winograd" };

describe("tensors that are dropped", () => {
  it("are freed with their prepacked copies, and no others", async () => {
    const { engine, live, created } = await engineOnFake();
    const x = engine.empty(SHAPE);
    const w = engine.empty(KERNEL);
    conv(x, w, by).destroy();
    await collect();
    const before = used(engine);
    const { tensors, weights } = engine.memory;
    const drop = (): void => {
      for (let at = 0; at < 20; at++) conv(engine.tensor(ones(SHAPE), SHAPE), engine.tensor(ones(KERNEL), KERNEL), by);
      expect(engine.memory.tensors).toBeGreaterThan(tensors);
      expect(engine.memory.weights).toBe(21 * weights);
    };
    drop();
    await collect();
    expect(used(engine)).toEqual(before);
    // The next ones take their place.
    const { buffers } = created();
    drop();
    expect(created().buffers).toBe(buffers);
    await collect();
    expect(used(engine)).toEqual(before);
    // Those that are still referred to are there.
    conv(x, w, by).destroy();
    expect(engine.memory.tensors).toBe(tensors);
    for (const tensor of [x, w]) tensor.destroy();
    expect([engine.memory.tensors, engine.memory.weights]).toEqual([0, 0]);
    engine.destroy();
    expect(live.size).toBe(0);
  });

  it("are not freed if the caller asked for their buffer", async () => {
    const { engine, live } = await engineOnFake();
    const { buffer } = engine.empty(SHAPE);
    await collect();
    expect(live.has(buffer)).toBe(true);
    expect(engine.memory.tensors).toBe(buffer.size);
    engine.destroy();
    expect(live.size).toBe(0);
  });

  it("are not freed if a plan was recorded with them on the caller's encoder", async () => {
    const { engine, device, live } = await engineOnFake();
    const shapes = { inputShape: SHAPE, kernelShape: KERNEL, padding: 1 };
    const plan = await engine.plan("forward", shapes, { algorithm: "winograd" });
    const y = engine.empty([1, 4, 9, 9]);
    const record = (): void =>
      plan.encode(device.createCommandEncoder(), { x: engine.empty(SHAPE), w: engine.empty(KERNEL), y });
    record();
    const { tensors, weights } = engine.memory;
    const buffers = live.size;
    await collect();
    // Another recording lets go of the tensors of the first.
    record();
    await collect();
    expect([engine.memory.tensors, engine.memory.weights]).toEqual([2 * tensors - y.byteLength, 2 * weights]);
    expect(live.size).toBe(buffers + 3);
    engine.destroy();
  });

  it("that wrap a buffer free their prepacked copies, and leave the buffer", async () => {
    const { engine, device, live } = await engineOnFake();
    const buffer = device.createBuffer({ size: 4 * 288, usage: 128 });
    const x = engine.empty(SHAPE);
    const run = (): void => conv(x, engine.wrap(buffer, KERNEL), by).destroy();
    run();
    expect(engine.memory.weights).toBeGreaterThan(0);
    await collect();
    expect(engine.memory.weights).toBe(0);
    expect(live.has(buffer)).toBe(true);
    engine.destroy();
    x.destroy();
  });

  it("are not freed twice if they or their engine were destroyed before", async () => {
    const { engine, live } = await engineOnFake();
    let freed = 0;
    const make = (destroy: boolean): void => {
      const tensor = engine.empty([1]);
      const [buffer] = [...live].slice(-1);
      const destroyBuffer = buffer!.destroy.bind(buffer);
      buffer!.destroy = () => {
        freed++;
        return destroyBuffer();
      };
      if (destroy) tensor.destroy();
    };
    make(true);
    make(false);
    engine.destroy();
    expect(freed).toBe(2);
    await collect();
    expect(freed).toBe(2);
    expect(engine.memory.total).toBe(0);
  });
});

describe("caches of a context", () => {
  const kernel = (parameter: number): Kernel => ({
    shaders: [fillShader],
    constants: { WORKGROUP_SIZE: 64, PARAMETER: { f32: parameter } },
  });

  it("keep so many pipelines; the least recently used are compiled again", async () => {
    const { device, compiled } = fakeDevice();
    const { pipelines } = new GpuContext(device);
    const first = pipelines.get(kernel(-1));
    for (let at = 0; at < MAX_PIPELINES + 500; at++) {
      pipelines.get(kernel(at));
      if (at % 100 === 0) expect(pipelines.get(kernel(-1))).toBe(first);
    }
    expect(pipelines.size).toBe(MAX_PIPELINES);
    const before = compiled();
    await pipelines.prepare(kernel(MAX_PIPELINES));
    pipelines.get(kernel(-1));
    expect(compiled()).toBe(before);
    await pipelines.prepare(kernel(0));
    pipelines.get(kernel(1));
    expect(compiled()).toBe(before + 2);
    expect(pipelines.size).toBe(MAX_PIPELINES);
  });

  it("give so many texts an id, and never one id to two", () => {
    const gpu = new GpuContext(fakeDevice().device);
    const ids = Array.from({ length: MAX_IDS + 10 }, (_, at) => gpu.idOf(`text ${at}`));
    expect(gpu.idOf(`text ${MAX_IDS + 9}`)).toBe(ids.at(-1));
    const again = gpu.idOf("text 0");
    expect(ids).not.toContain(again);
    expect(gpu.idOf("text 0")).toBe(again);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
