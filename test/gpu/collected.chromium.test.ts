// What is dropped without destroy is freed once it is garbage-collected. Only Chromium collects garbage on demand.
import { expect, inject, it } from "vitest";
import { cdp } from "vitest/browser";
import { type Engine, conv } from "../../src/index.ts";
import { onCountedDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";

const MANY = inject("soak") ? 2000 : 60;

const operands = (engine: Engine) => ({
  x: engine.tensor(integers(8 * 81, 1, 4), [1, 8, 9, 9]),
  w: engine.tensor(integers(4 * 72, 2, 4), [4, 8, 3, 3]),
});

it("frees results and weights that are dropped, once they are collected", { timeout: 3_600_000 }, async () => {
  await onCountedDevice(async (engine, { live }) => {
    const { x, w } = operands(engine);
    conv(x, w, { padding: 1, algorithm: "direct" }).destroy();
    const y = conv(x, w, { padding: 1, algorithm: "winograd" });
    const expected = await y.read();
    y.destroy();
    const used = (): object => ({ ...engine.memory, pool: 0, total: 0, peak: 0 });
    const before = used();
    // Reads of results that nothing else refers to, under way while garbage is collected.
    const reads = Array.from({ length: MANY }, () => {
      const dropped = operands(engine);
      conv(dropped.x, dropped.w, { padding: 1, algorithm: "direct" });
      return conv(x, dropped.w, { padding: 1, algorithm: "winograd" }).read();
    });
    await cdp().send("HeapProfiler.collectGarbage");
    for (const values of await Promise.all(reads)) expect(values).toEqual(expected);
    await expect
      .poll(
        async () => {
          await cdp().send("HeapProfiler.collectGarbage");
          return used();
        },
        { timeout: 30_000 },
      )
      .toEqual(before);
    expect(live().bytes).toBe(engine.memory.total);
    for (const tensor of [x, w]) tensor.destroy();
    expect([engine.memory.tensors, engine.memory.weights]).toEqual([0, 0]);
  });
});
