// What find decides by, without a GPU: the error limit of a result, options, and the arithmetic of its clock.
import { afterEach, describe, expect, it, vi } from "vitest";
import { SEQUENTIAL_SUM } from "../../src/algorithms/algorithm.ts";
import { estimate } from "../../src/algorithms/cost.ts";
import { type Found, checkFindOptions } from "../../src/conv/find-options.ts";
import { algorithmOfTruth } from "../../src/conv/find-truth.ts";
import { distance, errorLimit, find, measurementsOf } from "../../src/conv/find.ts";
import type { Workbench } from "../../src/conv/workbench.ts";
import { median, repetitions } from "../../src/gpu/samples.ts";
import type { Ranked } from "../../src/planner/choose.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const problem = convProblem("forward", { inputShape: [1, 64, 9, 9], kernelShape: [8, 64, 3, 3] });

describe("the error limit", () => {
  it("lets rounding pass and nothing else", () => {
    // 576 terms of size up to 1, whose sums of magnitudes come to about 144.
    const most = errorLimit(problem, 1, 144);
    expect(most).toBeGreaterThan(2 * 576 * 2 ** -24 * 144);
    expect(most).toBeLessThan(0.1);
    expect(errorLimit(problem, 100, 144)).toBeGreaterThan(most);
    expect(errorLimit({ ...problem, dtype: "f16" }, 1, 144)).toBeGreaterThan(most);
  });

  it("takes NaN for infinitely far", () => {
    expect(distance([1, 2, 3], [1, 2.5, 3])).toBe(0.5);
    expect(distance([1, Number.NaN], [1, 2])).toBe(Infinity);
    expect(distance([Number.NaN, 1], [0, 5])).toBe(Infinity);
  });
});

describe("the clock", () => {
  it("takes the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it("repeats work until a sample lasts", () => {
    expect(repetitions(0.01, 0.03)).toBe(3);
    expect(repetitions(1, 0.03)).toBe(1);
    expect(repetitions(0, 0.03)).toBe(1000);
  });
});

describe("options", () => {
  it("are constraints and two controls", () => {
    const { signal } = new AbortController();
    const progress = (): void => undefined;
    expect(checkFindOptions({ maxErrorGrowth: 2, progress, signal })).toEqual({ maxErrorGrowth: 2, progress, signal });
    expect(refusal(() => checkFindOptions({ progress: 1 }))).toMatchObject({ argument: "progress", got: "1" });
    expect(refusal(() => checkFindOptions({ signal: {} }))).toMatchObject({ argument: "signal" });
    expect(refusal(() => checkFindOptions({ maxErrorGrowth: 0 }))).toMatchObject({ argument: "maxErrorGrowth" });
    expect(refusal(() => checkFindOptions({ speed: 1 }))).toMatchObject({ code: "unknown-option" });
  });
});

describe("what is out of reach", () => {
  const { rates } = SOFTWARE_TRAITS;
  const way = (algorithm: string, dispatches: number, each: number, growth = 1): Ranked => {
    const one = { threads: rates.threads, multiplyAdds: 0, loads: 0, bytes: each * rates.bytes };
    const work = Array.from({ length: dispatches }, () => one);
    const candidate = {
      ...{ variant: "only", workspaceBytes: 0, preparedBytes: 0, dispatches, work },
      error: { ...SEQUENTIAL_SUM, growth },
      plan: () => ({ algorithm, variant: "only", steps: [], workspaceBytes: 0 }),
    };
    return { algorithm, candidate, seconds: estimate(work, rates) };
  };

  it("is no yardstick: the fastest that sums as direct does takes its place", () => {
    const [rough, fast] = [way("winograd", 1, 0.01, 9), way("im2col", 1, 0.1)];
    expect(algorithmOfTruth([rough, fast, way("direct", 9, 0.1)])).toBe("direct");
    expect(algorithmOfTruth([rough, fast, way("direct", 900, 0.1)])).toBe("im2col");
  });

  it("is neither planned nor run, and the result says so", async () => {
    const ranked = [way("fast", 1, 0.001), way("direct", 15, 0.01), way("slow", 900, 0.1), way("long", 1, 0.3)];
    const planned: string[] = [];
    const size = 8 * 7 * 7;
    const tensor = { read: () => Promise.resolve(new Float32Array(size)), destroy: () => undefined };
    const encoder = { finish: () => ({}) };
    const queue = { submit: () => undefined, onSubmittedWorkDone: () => Promise.resolve() };
    const bench = {
      device: { features: new Set(), queue, createCommandEncoder: () => encoder },
      plan: (_pass: unknown, _of: unknown, { algorithm }: { algorithm: string }) => {
        planned.push(algorithm);
        return Promise.resolve({
          ...{ workspaceBytes: 0, preparedBytes: 0, resultName: "y", run: () => tensor },
          ...{ encode: () => undefined, destroy: () => undefined },
        });
      },
      tensor: () => ({ ...tensor, updated: () => undefined }),
      ranked: () => ranked,
      rates,
    };
    const descriptor = { inputShape: [1, 64, 9, 9], kernelShape: [8, 64, 3, 3] };
    const found = await find(bench as unknown as Workbench, problem, descriptor, {}, {});
    // The ground truth and its sum of magnitudes, then each by itself and the better ones beside each other.
    expect(planned.slice(0, 4)).toEqual(["direct", "direct", "fast", "direct"]);
    expect(planned.slice(4)).not.toContain("slow");
    const reasons = found.map(({ algorithm, notMeasured }) => [algorithm, notMeasured]);
    expect(Object.fromEntries(reasons)).toEqual({
      fast: undefined,
      direct: undefined,
      slow: "not measured: estimated 90 s",
      long: "not measured: estimated a dispatch of 0.3 s",
    });
    expect(found.slice(2).map(({ milliseconds, failed }) => [milliseconds, failed])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

describe("the best of a search", () => {
  afterEach(() => void vi.restoreAllMocks());

  /** Searches among methods that take their seconds by a clock that only runs move, times what `factor` says of each run. */
  async function searched(
    seconds: Readonly<Record<string, number>>,
    factor: (name: string, run: number) => number,
  ): Promise<{ found: Found[]; log: string[] }> {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock * 1e3);
    const [log, runs]: [string[], Record<string, number>] = [[], {}];
    let recorded: string[] = [];
    const tensor = {
      ...{ read: () => Promise.resolve(new Float32Array(8)), destroy: () => undefined, updated: () => undefined },
    };
    const bench = {
      device: {
        features: new Set(),
        queue: {
          submit() {
            for (const name of recorded) {
              runs[name] = (runs[name] ?? 0) + 1;
              clock += seconds[name]! * factor(name, runs[name]);
            }
            log.push(recorded[0]!);
          },
          onSubmittedWorkDone: () => Promise.resolve(),
        },
        createCommandEncoder() {
          recorded = [];
          return { finish: () => ({}) };
        },
      },
      plan: (_pass: unknown, _of: unknown, { algorithm }: { algorithm: string }) =>
        Promise.resolve({
          ...{ workspaceBytes: 0, preparedBytes: 0, resultName: "y", run: () => tensor },
          ...{ encode: () => void recorded.push(algorithm), destroy: () => undefined },
        }),
      tensor: () => tensor,
      ranked: () =>
        Object.keys(seconds).map((algorithm) => ({
          algorithm,
          seconds: seconds[algorithm],
          candidate: { variant: "only", workspaceBytes: 0, preparedBytes: 0, work: [], error: SEQUENTIAL_SUM },
        })),
      rates: SOFTWARE_TRAITS.rates,
    };
    const descriptor = { inputShape: [1, 64, 9, 9], kernelShape: [8, 64, 3, 3] };
    return { found: await find(bench as unknown as Workbench, problem, descriptor, {}, {}), log };
  }

  it("are timed in turns, and their spread is told", async () => {
    // The first takes four times as long until it is warm.
    const { found, log } = await searched({ first: 0.05, second: 0.045, third: 0.2, direct: 0.3 }, (name, run) =>
      name === "first" && run <= 2 ? 4 : 1,
    );
    expect(found.map(({ algorithm }) => algorithm)).toEqual(["second", "first", "third", "direct"]);
    expect(found[1]!.milliseconds).toBeCloseTo(50);
    expect(found[0]!.spread).toBeCloseTo(0);
    expect(log.slice(-10).join(" ")).toBe("second first first second second first first second second first");
    // What is far from the best is abandoned once it stays so.
    expect(found[2]!.samples).toHaveLength(2);
  });

  it("include the planner's choice, which something else disturbed at first", async () => {
    const seconds = { choice: 0.04, second: 0.045, third: 0.044, fourth: 0.046, fifth: 0.047, direct: 0.3 };
    const disturbed = (times: number) => (name: string, run: number) => (name === "choice" && run <= 12 ? times : 1);
    const { found, log } = await searched(seconds, disturbed(2.5));
    const looks = (of: readonly string[]): number => of.filter((name) => name === "choice").length;
    expect(found.map(({ algorithm }) => algorithm)).toEqual([
      ...["choice", "third", "second", "fourth", "fifth", "direct"],
    ]);
    // One that took several times as long is not timed again.
    const far = await searched(seconds, disturbed(5));
    expect(far.found.map(({ algorithm }) => algorithm).indexOf("choice")).toBe(4);
    expect(looks(log)).toBeGreaterThan(looks(far.log) + 4);
  });
});

it("keeps what ran", () => {
  const common = { estimatedMilliseconds: 1, errorGrowth: 1 };
  expect(
    measurementsOf([
      { algorithm: "a", variant: "v", milliseconds: 2, ...common },
      { algorithm: "b", variant: "v", failed: "out of memory", ...common },
    ]),
  ).toEqual([{ algorithm: "a", variant: "v", seconds: 0.002 }]);
});
