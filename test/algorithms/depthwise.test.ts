import { describe, expect, it } from "vitest";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { type Correlation, forwardCorrelation } from "../../src/problem/correlation.ts";
import { type DepthwiseVariant, depthwise } from "../../src/algorithms/depthwise.ts";
import { serve } from "../../src/algorithms/passes.ts";
import type { Constant } from "../../src/kernel/step.ts";
import { type ConvDescriptor, convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const software: DeviceTraits = SOFTWARE_TRAITS;

/** A depthwise layer with square maps and kernels. */
function layer(channels: number, map: number, size: number, rest: Partial<ConvDescriptor> = {}): Correlation {
  const inputShape = [1, channels, map, map];
  const kernelShape = [channels, 1, size, size];
  return forwardCorrelation(
    convProblem("forward", { inputShape, kernelShape, groups: channels, padding: "same", ...rest }),
  );
}

const tileOf = (problem: Correlation, gpu = software): DepthwiseVariant => depthwise.variants(problem, gpu)[0]!;

function constantsOf(problem: Correlation): Readonly<Record<string, Constant>> {
  return depthwise.plan(problem, software, tileOf(problem)).steps[0]!.kernel.constants;
}

describe("depthwise", () => {
  it("refuses groups of several channels, and says how many", () => {
    const problem = convProblem("forward", { inputShape: [1, 6, 5, 5], kernelShape: [4, 3, 3, 3], groups: 2 });
    expect(serve(depthwise).supports(problem, software)).toEqual({
      reason: "each of the 2 groups has 3 input channels, and it takes one",
    });
  });

  it("tiles in both directions and takes a small kernel in one step", () => {
    const problem = layer(144, 56, 3);
    const { tileP, tileQ } = tileOf(problem);
    expect(Math.min(tileP, tileQ)).toBeGreaterThan(2);
    expect(constantsOf(problem)).toMatchObject({ ROWS: 3, COLUMNS: 3, P_TAIL: false, Q_TAIL: false });
    expect(depthwise.plan(problem, software, tileOf(problem)).steps[0]!.kernel.shaders).toContain("depthwise-one-step");
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
    const { rows, columns } = tileOf(problem);
    const [, steps] = depthwise.plan(problem, software, tileOf(problem)).steps[0]!.uniforms as [number, number];
    expect(size % rows).toBe(0);
    expect(steps).toBe((size / rows) * Math.ceil(size / columns));
    expect(Math.ceil(size / columns) * columns - size).toBeLessThanOrEqual(1);
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
