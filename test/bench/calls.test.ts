// The timing of calls, on a fake clock.
import { describe, expect, it } from "vitest";
import { timeCalls } from "../../bench/calls.ts";

describe("timeCalls", () => {
  /** Calls of `each` milliseconds on a fake clock, the first one longer. */
  function clocked(each: number) {
    let clock = 0;
    const runs: number[] = [0];
    const calls = {
      async run() {
        clock += runs.length === 1 && runs[0] === 0 ? 100 * each : each;
        runs[runs.length - 1]!++;
      },
      async sync() {
        clock += 1;
        runs.push(0);
      },
    };
    return { calls, runs, pace: { sample: 0.4, now: () => clock } };
  }

  it("repeats short calls until a sample is long enough, whatever the first one took", async () => {
    const { calls, runs, pace } = clocked(1);
    const { seconds, samples } = await timeCalls(calls, 5, pace);
    expect(samples).toHaveLength(5);
    const counts = runs.slice(0, -1);
    expect(counts[0]).toBe(1);
    for (const count of counts.slice(-5)) expect(count).toBeGreaterThanOrEqual(200);
    // The wait of a sample, 1 ms, is shared by its calls.
    expect(seconds).toBeCloseTo(0.001, 4);
  });

  it("times long calls one at a time", async () => {
    const { calls, runs, pace } = clocked(5000);
    const { seconds } = await timeCalls(calls, 3, pace);
    expect(runs.slice(0, -1)).toEqual([1, 1, 1, 1]);
    expect(seconds).toBeCloseTo(5.001, 6);
  });

  it("takes one sample of calls longer than a limit", async () => {
    const { calls, pace } = clocked(5000);
    expect((await timeCalls(calls, 3, { ...pace, limit: 4 })).samples).toHaveLength(1);
    expect((await timeCalls(calls, 3, { ...pace, limit: 6 })).samples).toHaveLength(3);
  });
});
