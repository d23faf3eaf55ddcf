// First calls on software adapters run brief kernels; the others are compiled after some calls. On a fake device, which counts pipelines.
import { afterEach, expect, it } from "vitest";
import { FIRST_CALLS } from "../../src/conv/first-calls.ts";
import { type Engine, conv, createEngine } from "../../src/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";

const KERNEL = [32, 32, 3, 3];
let engine: Engine;
afterEach(() => engine.destroy());

/** Makes an engine on a fake device, and returns how many pipelines a number of calls on maps of a size compile, and what follows them. */
async function counter(software: boolean): Promise<(calls: number, size: number) => Promise<number>> {
  const { device, compiled } = fakeDevice(software);
  engine = await createEngine({ device, tuning: "forget" });
  return async (calls, size) => {
    const before = compiled();
    const x = engine.empty([1, 32, size, size]);
    const w = engine.empty(KERNEL);
    for (let call = 0; call < calls; call++) conv(x, w, { padding: 1, algorithm: "winograd" }).destroy();
    await engine.settled();
    return compiled() - before;
  };
}

it("compiles the kernels of a plan after some calls, once", async () => {
  const compiledBy = await counter(true);
  const first = await compiledBy(1, 24);
  expect(first).toBeGreaterThan(0);
  expect(await compiledBy(FIRST_CALLS - 1, 24)).toBe(first);
  expect(await compiledBy(3 * FIRST_CALLS, 24)).toBe(0);
});

it("runs the kernels of a plan at once where they are compiled", async () => {
  const compiledBy = await counter(true);
  const both = await compiledBy(FIRST_CALLS, 24);
  expect(await compiledBy(FIRST_CALLS, 28)).toBe(0);
  expect(both).toBeGreaterThan(0);
});

it("compiles the kernels of a plan alone on a GPU", async () => {
  const compiledBy = await counter(false);
  expect(await compiledBy(1, 24)).toBeGreaterThan(0);
  expect(await compiledBy(3 * FIRST_CALLS, 24)).toBe(0);
});

it("compiles nothing more for an engine that is destroyed", async () => {
  const compiledBy = await counter(true);
  await compiledBy(FIRST_CALLS - 1, 24);
  const x = engine.empty([1, 32, 24, 24]);
  conv(x, engine.empty(KERNEL), { padding: 1, algorithm: "winograd" });
  engine.destroy();
  await expect(engine.settled()).rejects.toMatchObject({ code: "destroyed" });
  expect(engine.memory.plans).toBe(0);
});
