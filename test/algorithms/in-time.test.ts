// No dispatch takes longer than a fifth of a second by estimate, on adapters of every class, however large the problem.
import { expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { MAX_SECONDS, estimate } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import type { Plan } from "../../src/kernel/step.ts";
import { rank } from "../../src/planner/choose.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { type Pass, convProblem } from "../../src/problem/problem.ts";
import { stepsOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const MOBILE = { ...DEFAULT_TRAITS, ...CLASSES.mobile, gpu: "mobile" } as const;

const LARGE = {
  "a batch of large maps": { inputShape: [32, 64, 224, 224], kernelShape: [64, 64, 3, 3], padding: 1 },
  "one huge map": { inputShape: [1, 32, 1024, 1024], kernelShape: [64, 32, 5, 5], padding: 2 },
  "a long signal": { inputShape: [1, 16, 500_000], kernelShape: [32, 16, 129], padding: 64 },
  points: { inputShape: [16, 256, 56, 56], kernelShape: [256, 256, 1, 1] },
} as const;

const PASSES: readonly Pass[] = ["forward", "backward-data", "backward-weights"];

it.each(Object.keys(LARGE).flatMap((name) => PASSES.map((pass) => [name, pass] as const)))(
  "%s, %s: in parts that are short, as many as stated",
  (name, pass) => {
    const problem = convProblem(pass, LARGE[name as keyof typeof LARGE]);
    for (const device of [SOFTWARE_TRAITS, DEFAULT_TRAITS, MOBILE]) {
      const roomy = { ...device, maxBindingBytes: 2 ** 31 };
      const longest = ({ work }: Candidate<Plan>): number =>
        Math.max(...work.map((one) => estimate([one], device.rates)));
      const { ranked } = rank(algorithms, lower(problem, roomy), {});
      // Others may have a few threads that sum for long: they are never chosen.
      const chosen = ranked.filter(({ algorithm }, at) => at === 0 || algorithm === "direct");
      for (const { algorithm, candidate } of chosen) {
        const what = `${algorithm} ${candidate.variant} on ${device.gpu}`;
        expect(longest(candidate), what).toBeLessThan(1.5 * MAX_SECONDS);
        expect(stepsOf(candidate.plan()).length, what).toBe(candidate.dispatches);
      }
    }
  },
);
