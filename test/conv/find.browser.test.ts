// find on a device: everything that serves is measured and ranked, a wrong result never wins, and "auto" goes by what was found.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { find } from "../../src/conv/find.ts";
import type { Workbench } from "../../src/conv/workbench.ts";
import { type Engine, type FindProgress, createEngine } from "../../src/index.ts";
import { rank } from "../../src/planner/choose.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { PASSES, convProblem } from "../../src/problem/problem.ts";
import { drawPart } from "../suite/selection.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

const descriptor = { inputShape: [1, 8, 12, 12], kernelShape: [8, 8, 3, 3], padding: 1 };

/** Where compiling is slow, a run takes one. */
const passes = inject("selection") === "all" ? PASSES : drawPart(PASSES, 3, inject("draw"), (pass) => pass);

describe("find", () => {
  it("measures every candidate of every pass, and frees what it used", async () => {
    for (const pass of passes) {
      const before = engine.memory.tensors + engine.memory.weights;
      const seen: FindProgress[] = [];
      const found = await engine.find(pass, descriptor, { progress: (one) => seen.push(one) });
      expect(found.length).toBeGreaterThan(4);
      for (const { algorithm, failed, milliseconds, samples } of found) {
        expect(failed, algorithm).toBeUndefined();
        expect(milliseconds).toBeGreaterThan(0);
        expect(samples!.length).toBeGreaterThan(0);
      }
      const times = found.map(({ milliseconds }) => milliseconds!);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: found.length + 1 }, (_, at) => at));
      expect(seen.at(-1)).toEqual({ done: found.length, total: found.length });
      expect(engine.memory.tensors + engine.memory.weights).toBe(before);
    }
  });

  it("goes by what it found, until that is forgotten", async () => {
    // Another problem for the table, of the kernels that are compiled already.
    const batch = { ...descriptor, inputShape: [2, 8, 12, 12] };
    const [best] = await engine.find("forward", batch);
    const plan = await engine.plan("forward", batch);
    expect([plan.algorithm, plan.variant]).toEqual([best!.algorithm, best!.variant]);
    expect(plan.explain()).toMatch(/^ 1 .*measured [\d.e-]+ ms, estimated/);
    plan.destroy();
    // What would not pass for the best: a table that says so of the last resort.
    const data = engine.tuning.export();
    const entries = data.entries.map((entry) => ({
      ...entry,
      ranked: [
        {
          algorithm: "direct",
          variant: entry.ranked.find(({ algorithm }) => algorithm === "direct")!.variant,
          seconds: 1e-9,
        },
      ],
    }));
    await engine.tuning.clear();
    await engine.tuning.import({ format: 1, entries });
    const other = await engine.plan("forward", batch);
    expect(other.algorithm).toBe("direct");
    other.destroy();
    // An entry for variants that there are not is no reason to fail.
    await engine.tuning.import({
      format: 1,
      entries: entries.map((entry) => ({ ...entry, ranked: [{ algorithm: "none", variant: "such", seconds: 1e-9 }] })),
    });
    const third = await engine.plan("forward", batch);
    expect(third.explain()).not.toContain("measured");
    third.destroy();
    await engine.tuning.clear();
  });

  it("keeps to its constraints", async () => {
    const found = await engine.find("forward", descriptor, { maxErrorGrowth: 4, maxWorkspaceBytes: 0 });
    expect(found.length).toBeGreaterThan(0);
    for (const { errorGrowth, workspaceBytes, preparedBytes } of found) {
      expect(errorGrowth).toBeLessThanOrEqual(4);
      expect(workspaceBytes! + preparedBytes!).toBe(0);
    }
    const withEpilogue = { ...descriptor, bias: true, residual: true, activation: "gelu" } as const;
    const named = await engine.find("forward", withEpilogue, { algorithm: "winograd" });
    expect(new Set(named.map(({ algorithm }) => algorithm))).toEqual(new Set(["winograd"]));
    expect(named.filter(({ failed }) => failed)).toEqual([]);
  });

  it("stops when it is told to, and keeps nothing", async () => {
    const known = engine.tuning.size;
    const controller = new AbortController();
    const stopped = engine.find("forward", descriptor, {
      signal: controller.signal,
      progress: ({ done }) => {
        if (done === 1) controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(engine.tuning.size).toBe(known);
    expect(engine.memory.tensors).toBe(0);
    await expect(engine.find("forward", descriptor, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it("never lets a wrong result win", async () => {
    const problem = convProblem("forward", descriptor);
    const traits = deviceTraits(engine.device, traitsOf(engine.info.adapter), DEFAULT_TRAITS.maxWorkspaceBytes);
    const bench: Workbench = {
      device: engine.device,
      // Every algorithm but direct flips the kernel.
      plan: (pass, given, constraints) =>
        engine.plan(pass, constraints.algorithm === "direct" ? given : { ...given, mode: "convolution" }, {
          ...constraints,
        }),
      tensor: (data, shape) => engine.tensor(data, shape),
      ranked: () => rank(algorithms, lower(problem, traits), {}).ranked,
      rates: traits.rates,
    };
    const found = await find(bench, problem, descriptor, {}, {});
    expect(found[0]!.algorithm).toBe("direct");
    const wrong = found.filter(({ failed }) => failed);
    expect(wrong.length).toBe(found.length - found.filter(({ algorithm }) => algorithm === "direct").length);
    for (const { failed } of wrong) expect(failed).toMatch(/^its result is off by [\d.]+, more than/);
  });
});
