// How depthwise cuts a layer into tiles and steps.
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import type { Constant, Step } from "../../src/kernel/step.ts";
import { type Correlation, forwardCorrelation } from "../../src/problem/correlation.ts";
import { type ConvDescriptor, PASSES, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, reasonOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const depthwise = algorithms.find(({ name }) => name === "depthwise")!;

// Threads that load for themselves (depthwise-quads.test.ts has the others).
const software: DeviceTraits = { ...SOFTWARE_TRAITS, quads: false };

/** A depthwise layer with square maps and kernels. */
function layer(channels: number, map: number, size: number, rest: Partial<ConvDescriptor> = {}): Correlation {
  const inputShape = [1, channels, map, map];
  const kernelShape = [channels, 1, size, size];
  return forwardCorrelation(
    convProblem("forward", { inputShape, kernelShape, groups: channels, padding: "same", ...rest }),
  );
}

/** The candidate for a layer. */
function candidateOf(c: Correlation, device = software): Candidate {
  const list = depthwise.candidates(c, device);
  if ("reason" in list) throw new Error(list.reason);
  return list[0]!;
}

const stepOf = (c: Correlation): Step => candidateOf(c).plan().steps[0]!;

/** Rows, columns and channels of the tile that a variant is named by. */
function tileOf(c: Correlation, device = software): { tileP: number; tileQ: number; tileM: number } {
  const [, tileP, tileQ, tileM = 1] = /^p(\d+)q(\d+)(?:m(\d+))?/.exec(candidateOf(c, device).variant)!.map(Number);
  return { tileP: tileP!, tileQ: tileQ!, tileM: Number.isNaN(tileM) ? 1 : tileM };
}

const constantsOf = (c: Correlation): Readonly<Record<string, Constant>> => stepOf(c).kernel.constants;

describe("depthwise", () => {
  it("refuses groups of several channels", () => {
    const problem = convProblem("forward", { inputShape: [1, 6, 5, 5], kernelShape: [4, 3, 3, 3], groups: 2 });
    expect(reasonOf(depthwise, problem, software)).toBe(
      "the groups have several input channels each, and this takes groups of one",
    );
  });

  it("computes all passes of groups of one channel", () => {
    for (const pass of PASSES) {
      const descriptor = { inputShape: [2, 6, 5, 5], kernelShape: [12, 1, 3, 3], groups: 6 };
      expect(reasonOf(depthwise, convProblem(pass, descriptor), software), pass).toBeUndefined();
    }
  });

  it("computes gradients of weights of few channels, without groups too", () => {
    const refused = (C: number): string | undefined =>
      reasonOf(
        depthwise,
        convProblem("backward-weights", { inputShape: [1, C, 9, 9], kernelShape: [16, C, 3, 3] }),
        software,
      );
    expect(refused(4)).toBeUndefined();
    expect(refused(5)).toMatch(/this takes groups of one/);
  });

  it.each([
    ["a GPU", DEFAULT_TRAITS, 2 ** 13],
    ["a CPU", software, 2 ** 6],
  ])("splits the sums of few weights, so that they keep %s busy", (_, device, threads) => {
    const problem = convProblem("backward-weights", { inputShape: [1, 1, 1024, 1024], kernelShape: [1, 1, 3, 3] });
    const { steps } = candidatesOf(depthwise, problem, device)[0]!.plan();
    expect(steps[0]!.uniforms.threads).toBeGreaterThanOrEqual(threads);
  });

  it("splits no sums into partial sums that its memory cannot hold", () => {
    const problem = convProblem("backward-weights", { inputShape: [1, 1, 512, 512], kernelShape: [1, 1, 3, 3] });
    const [candidate] = candidatesOf(depthwise, problem, { ...software, maxWorkspaceBytes: 1000 });
    expect(candidate!.workspaceBytes).toBeLessThanOrEqual(1000);
  });

  it("tiles in both directions and takes a small kernel in one step", () => {
    const problem = layer(144, 56, 3);
    const { tileP, tileQ } = tileOf(problem);
    expect(Math.min(tileP, tileQ)).toBeGreaterThan(2);
    expect(constantsOf(problem)).toMatchObject({ ROWS: 3, COLUMNS: 3, ALL_COLUMNS: true });
    expect(stepOf(problem).kernel.shaders.map(({ name }) => name)).toContain("algorithms/depthwise/one-step");
  });

  it("holds few sums a thread on a GPU", () => {
    const { tileP, tileQ, tileM } = tileOf(layer(144, 56, 3), DEFAULT_TRAITS);
    expect(tileP * tileQ * tileM).toBeLessThanOrEqual(16);
  });

  it("shares the cells among the output channels of a group", () => {
    const problem = layer(32, 28, 3, { kernelShape: [128, 1, 3, 3] });
    expect(tileOf(problem).tileM).toBeGreaterThan(1);
  });

  it.each([5, 7, 13, 31, 61, 63])("cuts a kernel %i wide into steps that cover it", (size) => {
    const problem = layer(4, 64, size);
    const { ROWS, COLUMNS } = constantsOf(problem) as { ROWS: number; COLUMNS: number };
    const { steps } = stepOf(problem).uniforms;
    expect(size % ROWS).toBe(0);
    expect(steps).toBe((size / ROWS) * Math.ceil(size / COLUMNS));
    expect(Math.ceil(size / COLUMNS) * COLUMNS - size).toBeLessThanOrEqual(1);
  });

  it("puts the outputs of a tile as far apart as the dilation makes them share cells", () => {
    expect(constantsOf(layer(4, 32, 3, { dilation: 3 }))).toMatchObject({ OUT_STEP_P: 3, OUT_STEP_Q: 3, SHIFT_Q: 1 });
    expect(constantsOf(layer(4, 32, 3, { dilation: [4, 2], stride: [2, 3] }))).toMatchObject({
      ...{ OUT_STEP_P: 2, SHIFT_P: 1 },
      ...{ OUT_STEP_Q: 2, SHIFT_Q: 3 },
    });
  });

  it("loads no cell that a stride over the kernel skips", () => {
    expect(constantsOf(layer(4, 32, 1, { stride: 4 }))).toMatchObject({ SHIFT_Q: 4, PER_Q: 1, PER_P: 1 });
  });
});

it("takes no tile of a map for a correlation of the same sizes that has none", () => {
  const descriptor: ConvDescriptor = { inputShape: [1, 1, 1, 1], kernelShape: [1, 1, 1, 1] };
  // What the tiles are remembered by is new.
  const device = { ...software };
  for (const pass of PASSES) {
    const problem = convProblem(pass, descriptor);
    for (const { variant } of candidatesOf(depthwise, problem, device))
      expect(candidatesOf(depthwise, problem, { ...software }).map((one) => one.variant)).toContain(variant);
  }
});
