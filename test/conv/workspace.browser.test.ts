// Memory is a promise: under any cap an algorithm either refuses with a reason, or stays below it, by chunks, and is as right as without.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { ConvError, type Engine, createEngine } from "../../src/index.ts";
import type { Platform } from "../../src/planner/adapter.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { loadPlatform } from "../../src/planner/platform.ts";
import { type ConvDescriptor, PASSES, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, stepsOf } from "../suite/candidates.ts";
import { componentwise } from "../suite/forms.ts";
import { drawPart } from "../suite/selection.ts";

const CAPS = [0, 4096, 40_000, 65_536, 100_000, 160_000, 400_000];

const DESCRIPTORS: Record<string, ConvDescriptor> = {
  "5x5 in two groups": { inputShape: [3, 8, 17, 20], kernelShape: [12, 4, 5, 5], padding: 2, groups: 2 },
  "5x5 in two groups, channels-last": {
    inputShape: [3, 17, 20, 8],
    kernelShape: [5, 5, 4, 12],
    padding: 2,
    groups: 2,
    layout: "channels-last",
  },
  "1x1": { inputShape: [2, 16, 9, 9], kernelShape: [24, 16, 1, 1] },
  "3x3 in two groups, strided, reflected": {
    ...{ inputShape: [2, 6, 15, 14], kernelShape: [8, 3, 3, 3], padding: 2, groups: 2 },
    ...{ stride: 2, paddingMode: "reflect" },
  },
  "depthwise 3x3": { inputShape: [2, 8, 30, 30], kernelShape: [8, 1, 3, 3], padding: 1, groups: 8 },
};

const CASES = PASSES.flatMap((pass) =>
  Object.entries(DESCRIPTORS).map(([what, descriptor]) => [pass, what, descriptor] as const),
);

let engine: Engine;
let platform: Platform;
beforeAll(async () => {
  engine = await createEngine();
  platform = await loadPlatform(engine.info.adapter);
});
afterAll(() => engine.destroy());

/** Plans that have run: the same one under another cap computes the same. */
const ran = new Set<string>();

const named = algorithms.map((algorithm) => [algorithm.name, algorithm] as const);

describe.concurrent.each(named)("%s", (name, algorithm) => {
  const supported = CASES.filter(
    ([pass, , descriptor]) => candidatesOf(algorithm, convProblem(pass, descriptor), DEFAULT_TRAITS).length > 0,
  );
  // A run takes a third of them, by its seed.
  const drawn = drawPart(supported, 3, inject("draw"), ([pass, what]) => `${pass} ${what}`);
  for (const [pass, what, descriptor] of drawn) {
    const problem = convProblem(pass, descriptor);
    it.each(CAPS)(`${pass}, ${what} within %d bytes`, async (maxWorkspaceBytes) => {
      let plan;
      try {
        plan = await engine.plan(pass, descriptor, { algorithm: name, maxWorkspaceBytes });
      } catch (error) {
        expect(error).toBeInstanceOf(ConvError);
        expect((error as ConvError).code).toBe("unsupported");
        expect((error as ConvError).message).toMatch(/\d+ (bytes|allowed|cap)/);
        return;
      }
      try {
        const { workspaceBytes, textureBytes, preparedBytes } = plan;
        expect(workspaceBytes + textureBytes + preparedBytes).toBeLessThanOrEqual(maxWorkspaceBytes);
        const traits = deviceTraits(engine.device, platform.traits, maxWorkspaceBytes);
        const ofPlatform = platform.algorithms.find((one) => one.name === name)!;
        const [candidate] = candidatesOf(ofPlatform, problem, traits, plan.variant);
        const key = JSON.stringify([pass, descriptor, name, plan.variant, stepsOf(candidate!.plan())]);
        if (ran.has(key)) return;
        ran.add(key);
        await componentwise({ engine, plan, problem, seed: 7, error: candidate!.error });
      } finally {
        plan.destroy();
      }
    });
  }
});
