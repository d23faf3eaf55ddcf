// What find decides by, without a GPU: the error limit of a result, options, and the arithmetic of its clock.
import { describe, expect, it } from "vitest";
import { checkFindOptions } from "../../src/conv/find-options.ts";
import { distance, errorLimit, measurementsOf } from "../../src/conv/find.ts";
import { median, repetitions } from "../../src/gpu/stopwatch.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";

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

it("keeps what ran", () => {
  const common = { estimatedMilliseconds: 1, errorGrowth: 1 };
  expect(
    measurementsOf([
      { algorithm: "a", variant: "v", milliseconds: 2, ...common },
      { algorithm: "b", variant: "v", failed: "out of memory", ...common },
    ]),
  ).toEqual([{ algorithm: "a", variant: "v", seconds: 0.002 }]);
});
