// What winograd says it serves and how it plans: refusals in words with numbers, chunks under the caps, variants by estimate.
import { describe, expect, it } from "vitest";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { forwardCorrelation } from "../../src/problem/correlation.ts";
import { winograd } from "../../src/algorithms/winograd/winograd.ts";
import { partitionOf } from "../../src/algorithms/winograd/partition.ts";
import { TILES } from "../../src/algorithms/winograd/tiles.ts";
import { type ConvDescriptor, LAYOUTS, convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const traits: DeviceTraits = SOFTWARE_TRAITS;

const layer = (changes: Partial<ConvDescriptor> = {}) =>
  forwardCorrelation(
    convProblem("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1, ...changes }),
  );

describe("supports", () => {
  it.each([
    ["a stride as long as the kernel", layer({ stride: 3 }), "(3 x 3 at stride 3 x 3)"],
    ["one output", layer({ inputShape: [1, 64, 3, 3], padding: 0 }), "several outputs (1)"],
    ["dilation", layer({ dilation: 2 }), "the dilation is 2 x 2"],
    ["a pointwise kernel", layer({ kernelShape: [64, 64, 1, 1] }), "more taps than the stride (1 at stride 1)"],
  ])("refuses %s with a reason", (_what, problem, reason) => {
    const verdict = winograd.supports(problem, traits);
    expect(verdict === true ? "" : verdict.reason).toContain(reason);
  });

  it("refuses what the workspace or a binding cannot hold, with the bytes", () => {
    const verdict = (changes: Partial<DeviceTraits>): string => {
      const supported = winograd.supports(layer(), { ...traits, ...changes });
      return supported === true ? "" : supported.reason;
    };
    // F(2, 3) has 16 points, with 64 x 64 filters of 4 bytes each.
    expect(verdict({ maxBindingBytes: 200_000 })).toContain("262144 bytes (a binding may have 200000)");
    expect(verdict({ maxWorkspaceBytes: 262_144 })).toContain("the workspace may have 262144");
    expect(verdict({ maxWorkspaceBytes: 0 })).toContain("the workspace may have 0");
  });

  it("takes strided kernels and those larger than its tiles, in parts", () => {
    const strided = layer({ stride: 2, kernelShape: [64, 64, 5, 5] });
    const [f4x3] = TILES.filter(({ name }) => name === "f4x3");
    expect(winograd.supports(strided, traits)).toBe(true);
    expect(partitionOf(strided, f4x3!)).toMatchObject({ phases: [1, 2, 2], parts: [1, 2, 2], taps: [1, 3, 3] });
    const large = layer({ kernelShape: [64, 64, 7, 5] });
    expect(winograd.supports(large, traits)).toBe(true);
    expect(partitionOf(large, f4x3!)).toMatchObject({ phases: [1, 1, 1], parts: [1, 3, 2], taps: [1, 3, 3] });
    const cube = layer({ inputShape: [1, 2, 9, 9, 9], kernelShape: [2, 2, 5, 5, 5] });
    expect(winograd.supports(cube, traits)).toBe(true);
  });

  it("takes kernels with sides of 1", () => {
    expect(winograd.supports(layer({ kernelShape: [64, 64, 1, 3] }), traits)).toBe(true);
    expect(winograd.supports(layer({ kernelShape: [64, 64, 5, 1] }), traits)).toBe(true);
  });
});

describe("variants", () => {
  const names = (...args: Parameters<typeof layer>): string[] =>
    winograd.variants(layer(...args), traits).map(({ name }) => name);

  it("puts the larger tile first on large maps and the smaller one on small maps", () => {
    expect(names()).toEqual(["f4x3", "f2x3"]);
    expect(names({ kernelShape: [64, 64, 5, 5], padding: 2 })).toEqual(["f4x5", "f2x5"]);
    expect(names({ inputShape: [1, 64, 2, 2] })).toEqual(["f2x3"]);
  });

  it("leaves out tiles whose filters do not fit", () => {
    const small: DeviceTraits = { ...traits, maxBindingBytes: 300_000 };
    expect(winograd.variants(layer(), small).map(({ name }) => name)).toEqual(["f2x3"]);
  });
});

describe("plan", () => {
  const problems = LAYOUTS.flatMap((layout) => {
    const inputShape = layout === "channels-first" ? [2, 12, 30, 30] : [2, 30, 30, 12];
    const kernelShape = layout === "channels-first" ? [20, 6, 3, 3] : [3, 3, 6, 20];
    return [forwardCorrelation(convProblem("forward", { inputShape, kernelShape, groups: 2, layout }))];
  });

  it.each(problems)("chunks under the caps and covers every tile once: %j", (problem) => {
    for (const variant of winograd.variants(problem, traits)) {
      const whole = winograd.plan(problem, traits, variant);
      for (const share of [0.9, 0.5, 0.2]) {
        const cap = Math.ceil(whole.preparation!.bytes + share * whole.workspaceBytes);
        const gpu: DeviceTraits = { ...traits, maxWorkspaceBytes: cap };
        expect(winograd.supports(problem, gpu)).toBe(true);
        const plan = winograd.plan(problem, gpu, variant);
        expect(plan.workspaceBytes + plan.preparation!.bytes).toBeLessThanOrEqual(cap);
        expect(plan.steps.length).toBeGreaterThan(3);
        expect(plan.steps.length % 3).toBe(0);
        // The input steps count their tiles and where they start.
        const counted = plan.steps
          .filter(({ kernel }) => kernel.shaders.at(-1) === "winograd-input")
          .map(({ uniforms }) => ({ count: uniforms[2]!, first: uniforms[5]! }));
        let next = 0;
        for (const { count, first } of counted) {
          expect(first).toBe(next);
          next += count;
        }
        const tile = Number(variant.name[1]);
        expect(next).toBe(2 * Math.ceil(28 / tile) ** 2);
      }
    }
  });
});

describe("errors", () => {
  const stated = (name: string, changes: Partial<ConvDescriptor> = {}) => {
    const problem = layer(changes);
    const variant = winograd.variants(problem, traits).find((one) => one.name === name)!;
    return {
      growth: winograd.errorGrowth(problem, variant),
      spread: winograd.errorSpread!(problem, variant),
      exact: winograd.exactOnIntegers!(problem, variant),
    };
  };

  it("grow with the tile and with the axes, and spread over the tile", () => {
    expect(stated("f4x3").growth).toBeGreaterThan(stated("f2x3").growth);
    const line = stated("f4x3", { kernelShape: [64, 64, 1, 3] });
    expect(line.growth).toBeLessThan(stated("f4x3").growth);
    expect(line.spread).toEqual([0, 0, 5]);
    expect(stated("f2x3").spread).toEqual([0, 3, 3]);
  });

  it("are none on small integers with F(2, 3), while sums stay exact", () => {
    expect(stated("f2x3").exact).toBe(true);
    expect(stated("f4x3").exact).toBe(false);
    expect(stated("f2x3", { inputShape: [1, 2048, 4, 4], kernelShape: [4, 2048, 3, 3] }).exact).toBe(false);
  });
});
