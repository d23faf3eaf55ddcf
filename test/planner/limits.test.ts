// No plan has more dispatches than are allowed, however little memory there is and however large the stride. That the plans of the shared
// problems keep to the limits of compatibility mode is part of the law of algorithms (test/algorithms/law.test.ts).
import { describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { MAX_DISPATCHES } from "../../src/algorithms/traits.ts";
import { type ConvProblem, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, reasonOf, stepsOf } from "../suite/candidates.ts";
import { exceededLimit } from "../suite/step-limits.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

describe("the dispatches of a plan", () => {
  /** The plans of all candidates of all algorithms, or the reasons for which there are none. */
  function planned(problem: ConvProblem, maxWorkspaceBytes: number) {
    const device = { ...SOFTWARE_TRAITS, maxWorkspaceBytes };
    const reasons: Record<string, string> = {};
    const plans = algorithms.flatMap((algorithm) => {
      const reason = reasonOf(algorithm, problem, device);
      if (reason !== undefined) reasons[algorithm.name] = reason;
      return candidatesOf(algorithm, problem, device).map((candidate) => {
        const { dispatches, workspaceBytes, preparedBytes } = candidate;
        const plan = candidate.plan();
        expect(dispatches, `${plan.algorithm} ${plan.variant}`).toBe(stepsOf(plan).length);
        return { ...plan, count: dispatches, bytes: workspaceBytes + preparedBytes };
      });
    });
    return { plans, reasons };
  }

  const large = convProblem("forward", { inputShape: [1, 3, 512, 512], kernelShape: [8, 3, 3, 3], padding: 1 });

  it.each([0, 512, 4096, 10_000, 65_536, 2 ** 20])("are bounded in %d bytes of workspace", (cap) => {
    const { plans } = planned(large, cap);
    expect(plans.length).toBeGreaterThan(0);
    for (const { count, bytes, algorithm, variant } of plans) {
      expect(count, `${algorithm} ${variant}`).toBeLessThanOrEqual(MAX_DISPATCHES);
      expect(bytes).toBeLessThanOrEqual(cap);
    }
  });

  it("that would be too many are told", () => {
    const { reasons } = planned(large, 4096);
    for (const name of ["fft", "im2col"])
      expect(reasons[name]).toMatch(
        /^in 4096 bytes of workspace it takes \d{4,} dispatches at least, more than the 4096 allowed$/,
      );
  });

  it("are counted before they are made, however many channels and tiles there are", () => {
    const wide = convProblem("forward", { inputShape: [64, 2, 300], kernelShape: [100_000, 2, 3] });
    for (const bytes of [0, 4096, 2 ** 20, 2 ** 30])
      for (const { count } of planned(wide, bytes).plans) expect(count).toBeLessThanOrEqual(MAX_DISPATCHES);
  });

  it.each([
    ["300 x 300, 3 x 3 taps", [600, 600], [3, 3], 300, 2],
    ["300 x 300, 300 x 300 taps", [600, 600], [300, 300], 300, 1],
    ["64 x 64, 64 x 64 taps", [128, 128], [64, 64], 64, 1],
    ["64 x 64, 100 x 65 taps", [200, 180], [100, 65], 64, 4],
    ["63 x 63, 63 x 63 taps", [126, 126], [63, 63], 63, 1],
    ["100 000, 90 000 taps", [200_000], [90_000], 100_000, 2],
    ["2147483647, 40 taps", [40], [40], 2 ** 31 - 1, 1],
  ] as const)("of a gradient under a stride of %s are bounded", (_, spatial, taps, stride, steps) => {
    const inputShape = [1, 2, ...spatial];
    const problem = convProblem("backward-data", { inputShape, kernelShape: [2, 2, ...taps], stride });
    const { plans } = planned(problem, 2 ** 28);
    for (const { count } of plans) expect(count).toBeLessThanOrEqual(MAX_DISPATCHES);
    // A step for each number of taps that a phase has, and one that fills where phases have none.
    const direct = plans.filter(({ algorithm }) => algorithm === "direct");
    expect(direct.map(({ count }) => count)).toEqual([steps]);
  });

  it("of a gradient whose output channels are thousands of phases keep to the limits", () => {
    const problem = convProblem("backward-data", {
      inputShape: [1, 1, 64, 64],
      kernelShape: [1, 1, 64, 64],
      stride: 64,
    });
    for (const { steps } of planned(problem, 0).plans)
      for (const step of steps) expect(exceededLimit(step)).toBeUndefined();
  });
});
