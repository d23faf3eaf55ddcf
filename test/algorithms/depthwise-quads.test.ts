// Which depthwise layers share loads in quads, and how.
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { withQuads } from "../../src/algorithms/software.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { type ConvDescriptor, type Pass, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const depthwise = withQuads(algorithms).find(({ name }) => name === "depthwise")!;

const without: DeviceTraits = { ...SOFTWARE_TRAITS, quads: false };

/** The candidates for a layer with square maps and kernels. */
function candidates(
  [channels, map, size]: readonly [number, number, number],
  { pass = "forward", ...rest }: Partial<ConvDescriptor> & { pass?: Pass } = {},
  device = SOFTWARE_TRAITS,
  variant?: string,
): readonly Candidate[] {
  const shapes =
    rest.layout === "channels-last"
      ? { inputShape: [1, map, map, channels], kernelShape: [size, size, 1, channels] }
      : { inputShape: [1, channels, map, map], kernelShape: [channels, 1, size, size] };
  const problem = convProblem(pass, { ...shapes, groups: channels, padding: "same", ...rest });
  return candidatesOf(depthwise, problem, device, variant);
}

const variants = (...given: Parameters<typeof candidates>): string[] => candidates(...given).map((one) => one.variant);

describe("depthwise in quads", () => {
  it.each([
    [[192, 24, 5], "forward"],
    [[128, 15, 7], "forward"],
    [[240, 20, 5], "backward-data"],
  ] as const)("shares loads in a layer of %j, %s, where invocations can", (sizes, pass) => {
    expect(variants(sizes, { pass })).toEqual([expect.stringMatching(/^p[48]q[48]-quads$/)]);
    expect(variants(sizes, { pass }, without)).toEqual([expect.not.stringMatching(/quads/)]);
  });

  it("is not offered by name where invocations cannot share", () => {
    expect(variants([192, 24, 5], {}, SOFTWARE_TRAITS, "p4q4-quads")).toEqual(["p4q4-quads"]);
    expect(variants([192, 24, 5], {}, without, "p4q4-quads")).toEqual([]);
  });

  it("leaves to threads of their own what has no neighbours in a row, and gradients of weights", () => {
    expect(variants([192, 24, 5], { layout: "channels-last" })).toEqual([expect.not.stringMatching(/quads/)]);
    expect(variants([192, 24, 5], { pass: "backward-weights" })).toEqual([expect.not.stringMatching(/quads/)]);
  });

  it("leaves no quad incomplete, and takes as many as cover the map", () => {
    const [candidate] = candidates([3, 9, 5], {}, SOFTWARE_TRAITS, "p4q4-quads");
    const [step] = candidate!.plan().steps;
    expect(step!.uniforms.threads).toBe(4 * 3 * 3 * 3);
  });

  it("unrolls no kernel of many taps", () => {
    expect(variants([4, 64, 31])).toEqual([expect.not.stringMatching(/quads/)]);
    expect(variants([4, 64, 31], {}, SOFTWARE_TRAITS, "p4q4-quads")).toEqual([]);
  });
});
