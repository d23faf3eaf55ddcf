// No leaks: after hundreds of convolutions, plans and engines, engine.memory and the device's buffers are as before. `npm run test:soak`
// repeats ten thousand times.
import { describe, expect, inject, it } from "vitest";
import { MAX_POOLED } from "../../src/gpu/memory.ts";
import { type Engine, createEngine, conv } from "../../src/index.ts";
import { count, newDevice, onCountedDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";

declare module "vitest" {
  export interface ProvidedContext {
    soak: boolean;
  }
}

const SOAK = inject("soak");
const [MANY, SOME, ENGINES] = SOAK ? [10_000, 2000, 200] : [300, 60, 12];

/** Algorithms that between them use every kind of memory. */
const ALGORITHMS = ["direct", "im2col", "winograd"];
const shapes = { inputShape: [1, 8, 9, 9], kernelShape: [4, 8, 3, 3], padding: 1 };

const operands = (engine: Engine) => ({
  x: engine.tensor(integers(8 * 81, 1, 4), shapes.inputShape),
  w: engine.tensor(integers(4 * 72, 2, 4), shapes.kernelShape),
});

describe("nothing leaks", { timeout: SOAK ? 3_600_000 : 300_000 }, () => {
  it(`over ${MANY} convolutions whose results are destroyed`, async () => {
    await onCountedDevice(async (engine, { live }) => {
      const { x, w } = operands(engine);
      const turn = async (at: number): Promise<void> => {
        const y = conv(x, w, { padding: 1, algorithm: ALGORITHMS[at % 3]! });
        if (at % 50 === 0) await y.read();
        y.destroy();
      };
      for (let at = 0; at < 3; at++) await turn(at);
      const before = { ...engine.memory, peak: 0 };
      const held = live();
      for (let at = 0; at < MANY; at++) await turn(at);
      expect({ ...engine.memory, peak: 0 }).toEqual(before);
      expect(live()).toEqual(held);
      expect(held.bytes).toBe(before.total);
      for (const tensor of [x, w]) tensor.destroy();
      expect([engine.memory.tensors, engine.memory.weights, engine.memory.reads]).toEqual([0, 0, 0]);
    });
  });

  it("of results that are not destroyed: they are counted, and freed with the engine", async () => {
    await onCountedDevice(async (engine, { live }) => {
      const { x, w } = operands(engine);
      conv(x, w, { padding: 1, algorithm: "direct" });
      const before = engine.memory.tensors;
      for (let at = 0; at < MANY; at++) conv(x, w, { padding: 1, algorithm: "direct" });
      expect(engine.memory.tensors - before).toBe(MANY * 4 * 81 * 4);
      engine.destroy();
      expect(engine.memory.total).toBe(0);
      expect(live()).toEqual({ buffers: 0, bytes: 0 });
    });
  });

  it("of weights that change, of new weights and of writes", async () => {
    await onCountedDevice(async (engine, { live }) => {
      const { x, w } = operands(engine);
      const run = (weights: typeof w): void => conv(x, weights, { padding: 1, algorithm: "winograd" }).destroy();
      const turn = (at: number): void => {
        w.write(integers(4 * 72, at, 4));
        run(w);
        const fresh = engine.tensor(integers(4 * 72, at, 4), shapes.kernelShape);
        run(fresh);
        fresh.destroy();
      };
      turn(0);
      const held = live();
      for (let at = 0; at < SOME; at++) turn(at);
      expect(live()).toEqual(held);
    });
  });

  it(`over ${SOME} plans, used and destroyed, or refused`, async () => {
    await onCountedDevice(async (engine, { device, live }) => {
      const { x, w } = operands(engine);
      const y = engine.empty([1, 4, 9, 9]);
      const turn = async (at: number): Promise<void> => {
        const plan = await engine.plan("forward", shapes, { algorithm: ALGORITHMS[at % 3]! });
        const encoder = device.createCommandEncoder();
        plan.encode(encoder, { x, w: w.buffer, y });
        device.queue.submit([encoder.finish()]);
        plan.run({ x, w }).destroy();
        plan.destroy();
        await expect(engine.plan("forward", shapes, { algorithm: "pointwise" })).rejects.toThrow(/pointwise/);
      };
      for (let at = 0; at < 3; at++) await turn(at);
      const held = live();
      for (let at = 0; at < SOME; at++) await turn(at);
      expect(live()).toEqual(held);
      expect(engine.memory.plans).toBe(0);
    });
  });

  it("over eager calls with many shapes, whose plans and buffers are kept up to a limit", async () => {
    await onCountedDevice(async (engine, { live }) => {
      const w = engine.tensor([1, 2, 3], [1, 1, 3]);
      const lengths = Array.from({ length: 600 }, (_, at) => at + 3);
      for (const length of lengths) {
        const x = engine.empty([1, 1, length]);
        conv(x, w, { algorithm: "direct" }).destroy();
        x.destroy();
      }
      await w.read();
      expect(engine.memory.plans).toBeLessThanOrEqual(512 * 1024);
      expect(live().bytes).toBe(engine.memory.total);
      expect(engine.memory.tensors).toBe(w.byteLength);
      expect(live().buffers).toBeLessThanOrEqual(513 + MAX_POOLED);
    });
  });

  it(`over ${ENGINES} engines on one device`, async () => {
    const device = await newDevice();
    const { live } = count(device);
    for (let at = 0; at < ENGINES; at++) {
      const engine = await createEngine({ device, tuning: "forget" });
      const { x, w } = operands(engine);
      const y = conv(x, w, { padding: 1, algorithm: "direct" });
      if (at % 4 === 0) await y.read();
      // Half of the engines are destroyed while they plan.
      const planned = engine.plan("forward", shapes, { algorithm: "im2col" }).catch(() => undefined);
      if (at % 2 === 0) await planned;
      engine.destroy();
      await planned;
      expect(engine.memory.total).toBe(0);
      expect(live()).toEqual({ buffers: 0, bytes: 0 });
    }
    device.destroy();
  });
});
