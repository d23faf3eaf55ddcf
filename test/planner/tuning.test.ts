// The tuning table: what it trusts, what it keeps, and that a broken one never harms.
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { VERSION } from "../../src/base/version.ts";
import { type TuningStore, checkStore } from "../../src/planner/store.ts";
import type { Environment, TuningData } from "../../src/planner/tuning-data.ts";
import { TuningTable, environmentOf } from "../../src/planner/tuning.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";

const HERE: Environment = { adapter: "a", browser: "b", version: "1" };
const problem = convProblem("forward", { inputShape: [1, 2, 5, 5], kernelShape: [3, 2, 3, 3] });
const ranked = [
  { algorithm: "fft", variant: "whole", seconds: 0.001 },
  { algorithm: "direct", variant: "q4k8", seconds: 0.002 },
];

function memory(text?: string): TuningStore & { text: string | undefined } {
  return {
    text,
    async load() {
      return this.text;
    },
    async save(saved) {
      this.text = saved;
    },
  };
}

describe("a tuning table", () => {
  it("tells what was measured for the same problem under the same constraints", async () => {
    const table = new TuningTable(HERE);
    await table.add(problem, { maxErrorGrowth: 4 }, ranked);
    expect(table.lookUp(problem, { maxErrorGrowth: 4 })).toEqual(ranked);
    expect(table.lookUp(problem, { maxErrorGrowth: 4, algorithm: "auto" })).toEqual(ranked);
    expect(table.lookUp(problem, {})).toEqual([]);
    // Measured with little workspace, it says nothing of what more would allow.
    expect(table.lookUp(problem, { maxErrorGrowth: 4, maxWorkspaceBytes: 1000 })).toEqual([]);
    expect(table.lookUp({ ...problem, N: 2 }, { maxErrorGrowth: 4 })).toEqual([]);
  });

  it("keeps entries of other environments for them, and does not use them", async () => {
    const table = new TuningTable(HERE);
    await table.add(problem, {}, ranked);
    const data = structuredClone(table.export());
    for (const other of [{ adapter: "x" }, { browser: "x" }, { version: "2" }]) {
      const elsewhere = new TuningTable({ ...HERE, ...other });
      expect(await elsewhere.import(data)).toEqual({ taken: 1, usable: 0, leftOut: 0 });
      expect(elsewhere.lookUp(problem, {})).toEqual([]);
      const back = new TuningTable(HERE);
      expect(await back.import(JSON.stringify(elsewhere.export()))).toEqual({ taken: 1, usable: 1, leftOut: 0 });
      expect(back.lookUp(problem, {})).toEqual(ranked);
    }
  });

  it("leaves out entries that are not well-formed", async () => {
    const good = { ...HERE, key: "k", ranked };
    const bad = [
      null,
      {},
      { ...good, ranked: [] },
      { ...good, ranked: [{ algorithm: "fft", variant: "whole", seconds: -1 }] },
      { ...good, ranked: [{ algorithm: "fft", variant: "whole", seconds: Number.NaN }] },
      { ...good, ranked: [{ algorithm: 1, variant: "whole", seconds: 1 }] },
      { ...good, adapter: undefined },
    ];
    const table = new TuningTable(HERE);
    const data = { format: 1, entries: [...bad, good] } as unknown as TuningData;
    expect(await table.import(data)).toEqual({ taken: 1, usable: 1, leftOut: bad.length });
  });

  it.each([["{"], ["[]"], ['{"format":2,"entries":[]}'], ["null"]])("refuses %s", async (text) => {
    const table = new TuningTable(HERE);
    await expect(table.import(text)).rejects.toMatchObject({ name: "ConvError", code: "invalid-argument" });
  });

  it("outlives its engine in a store, and lives without one that fails", async () => {
    const store = memory();
    await new TuningTable(HERE, store).add(problem, {}, ranked);
    const next = new TuningTable(HERE, store);
    await next.load();
    expect(next.lookUp(problem, {})).toEqual(ranked);
    await next.clear();
    const last = new TuningTable(HERE, store);
    await last.load();
    expect(last.size).toBe(0);

    const broken = new TuningTable(HERE, memory("no table"));
    await broken.load();
    expect(broken.size).toBe(0);
    const failing = new TuningTable(HERE, {
      load: () => Promise.reject(new Error("no")),
      save: () => Promise.reject(new Error("no")),
    });
    await failing.load();
    await failing.add(problem, {}, ranked);
    expect(failing.lookUp(problem, {})).toEqual(ranked);
  });

  it("is of this version", () => {
    expect(environmentOf({}).version).toBe(packageJson.version);
    expect(VERSION).toBe(packageJson.version);
  });
});

describe("the place of a table", () => {
  it("is the caller's, or this environment's, or none", () => {
    const store = memory();
    expect(checkStore("tuning", store)).toBe(store);
    expect(checkStore("tuning", "forget")).toBeUndefined();
    expect(checkStore("tuning", "keep")).toMatchObject({ load: expect.any(Function), save: expect.any(Function) });
    expect(refusal(() => checkStore("tuning", "yes"))).toMatchObject({ argument: "tuning", got: '"yes"' });
  });
});
