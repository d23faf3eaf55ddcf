// First calls on software adapters run brief kernels; the others are compiled after some calls. On a fake device, which counts pipelines.
import { afterEach, describe, expect, it } from "vitest";
import { FIRST_CALLS, firstCalls } from "../../src/conv/first-calls.ts";
import { type Engine, conv, createEngine } from "../../src/index.ts";
import type { Choice } from "../../src/planner/choose.ts";
import { fakeDevice } from "../suite/fake-device.ts";

const KERNEL = [32, 32, 3, 3];
let engine: Engine;

/**
 * Makes an engine on a fake device, and returns how many pipelines a number of calls on maps of a size compile, and what follows them or, if nobody
 * waits for it, what has followed a turn of the page later.
 */
async function counter(...[adapter]: Parameters<typeof fakeDevice>) {
  const { device, compiled } = fakeDevice(adapter);
  engine = await createEngine({ device, tuning: "forget" });
  return async (calls: number, size: number, waits = true): Promise<number> => {
    const before = compiled();
    const x = engine.empty([1, 32, size, size]);
    const w = engine.empty(KERNEL);
    for (let call = 0; call < calls; call++) conv(x, w, { padding: 1, algorithm: "winograd" }).destroy();
    await (waits ? engine.settled() : new Promise((resolve) => setTimeout(resolve)));
    return compiled() - before;
  };
}

describe("the kernels of first calls", () => {
  afterEach(() => engine.destroy());

  it("compiles the kernels of a plan after some calls, once", async () => {
    const compiledBy = await counter("swiftshader");
    const first = await compiledBy(1, 24);
    expect(first).toBeGreaterThan(0);
    expect(await compiledBy(FIRST_CALLS - 1, 24)).toBe(first);
    expect(await compiledBy(3 * FIRST_CALLS, 24)).toBe(0);
  });

  it("runs the kernels of a plan at once where they are compiled", async () => {
    const compiledBy = await counter("swiftshader");
    const both = await compiledBy(FIRST_CALLS, 32);
    expect(await compiledBy(FIRST_CALLS, 28)).toBe(0);
    expect(both).toBeGreaterThan(0);
  });

  it("compiles the kernels of a plan alone on a GPU", async () => {
    const compiledBy = await counter("gpu");
    expect(await compiledBy(1, 24)).toBeGreaterThan(0);
    expect(await compiledBy(3 * FIRST_CALLS, 24)).toBe(0);
  });

  it("compiles nothing more for an engine that is destroyed", async () => {
    const compiledBy = await counter("swiftshader");
    await compiledBy(FIRST_CALLS - 1, 24);
    const x = engine.empty([1, 32, 24, 24]);
    conv(x, engine.empty(KERNEL), { padding: 1, algorithm: "winograd" });
    engine.destroy();
    await expect(engine.settled()).rejects.toMatchObject({ code: "destroyed" });
    expect(engine.memory.plans).toBe(0);
  });

  it("compiles the kernels of a plan on lavapipe when somebody waits for them", async () => {
    const compiledBy = await counter("lavapipe");
    const first = await compiledBy(FIRST_CALLS, 24, false);
    expect(first).toBeGreaterThan(0);
    expect(await compiledBy(FIRST_CALLS, 24, false)).toBe(0);
    expect(await compiledBy(1, 24)).toBeGreaterThan(0);
    expect(await compiledBy(3 * FIRST_CALLS, 24)).toBe(0);
  });
});

describe("the number of first calls", () => {
  const callsOf = (seconds: number, traits: object, measured?: number) =>
    firstCalls({ chosen: { seconds, measured }, device: { software: true, quads: false, ...traits } } as Choice);

  it("is two where calls go on beside the compiler", () => {
    expect(callsOf(0.01, { quads: true })).toEqual({ calls: FIRST_CALLS, loops: true });
  });

  it("is as many as take half a second where calls wait for the compiler", () => {
    expect(callsOf(0.01, {})?.calls).toBe(50);
    expect(callsOf(0.01, {}, 0.1)?.calls).toBe(5);
    expect(callsOf(1e-6, {})?.calls).toBe(2500);
  });

  it("is none on GPUs, and where runs take long", () => {
    expect(callsOf(0.01, { software: false })).toBeUndefined();
    expect(callsOf(0.2, {})).toBeUndefined();
    expect(callsOf(0.01, {}, 0.2)).toBeUndefined();
  });
});
