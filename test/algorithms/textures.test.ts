// Products whose operands are bound as textures: which devices get them, and of which operands.
import { describe, expect, it } from "vitest";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/uniforms.ts";
import { type ConvDescriptor, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { BOUND } from "../suite/lavapipe.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const lavapipe: DeviceTraits = { ...SOFTWARE_TRAITS, ...BOUND, f16: true };

/** The operands that the best candidate of an algorithm binds as textures. */
function boundTo(name: string, descriptor: ConvDescriptor, device = lavapipe): string[] {
  const [best] = candidatesOf(
    algorithms.find((one) => one.name === name)!,
    convProblem("forward", descriptor),
    device,
  );
  const bindings = best!.plan().steps.flatMap((step) => step.bindings.filter(({ texture }) => texture));
  return bindings.map(({ operand }) => operand);
}

const WIDE = { inputShape: [1, 64, 28, 28], kernelShape: [64, 64, 3, 3], padding: 1 };
const POINTS = { inputShape: [1, 256, 28, 28], kernelShape: [64, 256, 1, 1] };
const LARGE = { inputShape: [1, 1920, 10, 10], kernelShape: [320, 1920, 1, 1] };

describe("the best candidate on an adapter that gains by it binds as textures", () => {
  it.each([
    ["im2col", "its columns", "workspace", WIDE],
    ["winograd", "its tiles", "workspace", WIDE],
    ["pointwise", "x in place", "x", POINTS],
    ["pointwise", "weights in place", "w", LARGE],
  ])("by %s %s", (name, _, operand, descriptor) => {
    expect(boundTo(name, descriptor)).toContain(operand);
    expect(boundTo(name, descriptor, { ...lavapipe, textureBytes: undefined })).toEqual([]);
  });

  it("no tensor of halves, no rows that are not whole vectors, and nothing for which memory is short", () => {
    expect(boundTo("pointwise", { ...POINTS, dtype: "f16" })).toEqual([]);
    expect(boundTo("pointwise", { ...POINTS, inputShape: [1, 256, 27, 27] })).toEqual([]);
    expect(boundTo("pointwise", POINTS, { ...lavapipe, maxWorkspaceBytes: 800_000 })).toEqual([]);
    expect(boundTo("pointwise", POINTS, { ...lavapipe, textureBytes: 800_000 })).toEqual([]);
  });
});
