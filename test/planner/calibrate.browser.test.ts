// calibrate on a device: rates that can be, known from then on, and nothing left behind.
import { describe, expect, it } from "vitest";
import { DEFAULT_RATES } from "../../src/algorithms/cost.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { createEngine } from "../../src/index.ts";
import { calibrate } from "../../src/planner/calibrate.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";

const descriptor = { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1 };

describe("calibrate", () => {
  it("measures what the adapter does, frees what it used, and estimates by it", async () => {
    const engine = await createEngine({ tuning: "forget" });
    try {
      const before = engine.memory.total;
      const estimate = async (): Promise<string> => {
        const plan = await engine.plan("forward", descriptor, { algorithm: "direct" });
        const text = plan.explain();
        plan.destroy();
        return text;
      };
      const guessed = await estimate();
      const rates = await engine.calibrate();
      // Between a slow CPU and a GPU faster than any today.
      for (const [name, most] of [
        ["multiplyAdds", 1e15],
        ["loads", 1e14],
        ["bytes", 1e14],
      ] as const) {
        expect(rates[name], name).toBeGreaterThan(1e6);
        expect(rates[name], name).toBeLessThan(most);
      }
      expect(rates.dispatch).toBeGreaterThan(1e-9);
      expect(rates.dispatch).toBeLessThan(1); // on a machine with other things to do
      expect(rates.threads % 64).toBe(0);
      expect(engine.memory.total).toBe(before);
      expect(await estimate()).not.toBe(guessed);
      expect(engine.tuning.export().calibrations).toMatchObject([{ rates }]);
    } finally {
      engine.destroy();
    }
  });

  it("measures the memory and the last cache of a GPU, whatever the adapter computes with", async () => {
    const engine = await createEngine({ tuning: "forget" });
    const context = new GpuContext(engine.device);
    try {
      const rates = await calibrate(context, CLASSES.mobile);
      for (const name of ["bytes", "traffic"] as const) {
        expect(rates[name], name).toBeGreaterThan(1e7);
        expect(rates[name], name).toBeLessThan(1e14);
        expect(rates[name], name).not.toBe(CLASSES.mobile.rates[name]);
      }
      expect(rates.traffic).toBeGreaterThanOrEqual(rates.bytes);
      expect(context.memory.report().total).toBe(0);
    } finally {
      engine.destroy();
    }
  });

  it("is done once: another engine goes by what was kept, and nobody by what cannot be", async () => {
    const engine = await createEngine({ tuning: "forget" });
    let saved: string | undefined;
    const tuning = { load: () => Promise.resolve(saved), save: (text: string) => Promise.resolve(void (saved = text)) };
    const first = await createEngine({ tuning });
    try {
      await first.calibrate();
      const second = await createEngine({ tuning });
      expect(second.tuning.export().calibrations).toEqual(first.tuning.export().calibrations);
      second.destroy();
      const [calibration] = first.tuning.export().calibrations!;
      const broken = [
        { ...calibration, rates: { ...DEFAULT_RATES.software, loads: 0 } },
        { ...calibration, rates: { ...DEFAULT_RATES.software, dispatch: "1" } },
        { ...calibration, rates: null },
        { ...calibration, adapter: 3 },
      ];
      const counts = await engine.tuning.import(JSON.stringify({ format: 1, entries: [], calibrations: broken }));
      expect(counts).toEqual({ taken: 0, usable: 0, leftOut: 4 });
      const foreign = { ...calibration!, adapter: "another" };
      expect(await engine.tuning.import({ format: 1, entries: [], calibrations: [foreign, calibration!] })).toEqual({
        taken: 2,
        usable: 1,
        leftOut: 0,
      });
    } finally {
      first.destroy();
      engine.destroy();
    }
  });
});
