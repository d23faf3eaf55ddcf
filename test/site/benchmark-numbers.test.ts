// The arithmetic of the benchmark page: error bounds, logarithmic axes, work in slices.
import { describe, expect, it } from "vitest";
import { errorBound, gamma } from "../../site/benchmark/bound.ts";
import { decades, logTicks } from "../../site/benchmark/scales.ts";
import { largestDifference, randomNumbers, until } from "../../site/benchmark/slices.ts";
import { errorLimit } from "../../src/conv/find.ts";
import { noise } from "../../src/planner/noise.ts";
import { convProblem } from "../../src/problem/problem.ts";

describe("the error bound", () => {
  it("is that of plain sums", () => {
    expect(gamma(0)).toBe(0);
    expect(gamma(1000)).toBeCloseTo(1000 * 2 ** -24, 8);
    const problem = convProblem("forward", { inputShape: [1, 4, 8, 8], kernelShape: [2, 4, 3, 3] });
    expect(errorBound(problem, 1, 10)).toBeCloseTo(2 * 2 * 39 * 2 ** -24 * 10, 9);
    expect(errorBound({ ...problem, dtype: "f16" }, 1, 10)).toBeGreaterThan(10 * 2 ** -10);
  });

  it("is no looser than that of find", () => {
    for (const pass of ["forward", "backward-data", "backward-weights"] as const) {
      for (const dtype of ["f32", "f16"] as const) {
        const problem = convProblem(pass, { inputShape: [2, 8, 12, 12], kernelShape: [4, 8, 3, 3], dtype });
        for (const growth of [1, 5.65, 114]) {
          const bound = errorBound(problem, growth, 20);
          expect(bound).toBeLessThanOrEqual(errorLimit(problem, growth, 20));
          expect(bound).toBeGreaterThan(errorLimit(problem, growth, 20) / 2.5);
        }
      }
    }
  });
});

describe("logarithmic axes", () => {
  it("have ticks at round numbers within their domain", () => {
    expect(decades([3, 40])).toEqual([1, 100]);
    expect(logTicks([1, 100])).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks([0.5, 30])).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(logTicks([1e-3, 10])).toHaveLength(5);
    expect(logTicks([1e-6, 1e4]).length).toBeLessThan(8);
  });
});

describe("work in slices", () => {
  const { signal } = new AbortController();

  it("generates the numbers that the library measures with", async () => {
    const count = 2 ** 18 + 5;
    expect(await randomNumbers(count, 2, signal)).toEqual(noise(count, 2));
  });

  it("finds the largest difference, counting NaN as infinite", async () => {
    expect(await largestDifference([1, 2, 3], [1, 2.5, 3], signal)).toBe(0.5);
    expect(await largestDifference([1, NaN], [1, 2], signal)).toBe(Infinity);
    expect(await largestDifference([1], [1, 2], signal)).toBe(Infinity);
  });

  it("stops at once, and frees tensors that arrive later", async () => {
    const controller = new AbortController();
    let come: (value: string) => void = () => undefined;
    const freed: string[] = [];
    const waiting = until(controller.signal, new Promise<string>((resolve) => (come = resolve)), (value) =>
      freed.push(value),
    );
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    come("plan");
    await Promise.resolve();
    await expect.poll(() => freed).toEqual(["plan"]);
    await expect(randomNumbers(2 ** 20, 1, controller.signal)).rejects.toThrow("stopped");
  });
});
