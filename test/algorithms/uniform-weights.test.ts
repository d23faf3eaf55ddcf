// Weights bound as uniforms, in ranges that fit: which devices get them.
import { describe, expect, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/uniforms.ts";
import { kernelKey } from "../../src/kernel/kernel-key.ts";
import { BINDING } from "../../src/kernel/step.ts";
import type { Uniforms } from "../../src/kernel/uniforms.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { BOUND } from "../suite/lavapipe.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

/** The default of maxUniformBufferBindingSize. */
const MOST_BYTES = 65_536;

const lavapipe = { ...SOFTWARE_TRAITS, ...BOUND };

describe("candidates with weights as uniforms", () => {
  const problem = convProblem("forward", { inputShape: [1, 48, 30, 30], kernelShape: [48, 48, 3, 3], padding: 1 });
  /** The steps that do not bind their whole operand: those that bind a range of weights. */
  const boundTo = (algorithm: Algorithm, device: DeviceTraits) =>
    candidatesOf(algorithm, problem, device).flatMap((one) =>
      one
        .plan()
        .steps.filter(({ kernel }) => kernel.shaders.some(({ text }) => /binding\([12]\) var<uniform>/.test(text)))
        .flatMap(({ bindings }) => bindings.filter(({ operand }) => operand === "prepared")),
    );

  it("direct binds ranges that fit, on adapters that gain by it alone", () => {
    const algorithm = algorithms.find(({ name }) => name === "direct")!;
    const ranges = boundTo(algorithm, lavapipe);
    expect(ranges.length).toBeGreaterThan(0);
    for (const { size, binding } of ranges) {
      expect(size).toBeLessThanOrEqual(MOST_BYTES);
      expect(binding).toBe(BINDING.second);
    }
    expect(boundTo(algorithm, { ...lavapipe, uniformBytes: undefined })).toEqual([]);
  });

  it("direct computes all ranges by one kernel, and by one in first calls", () => {
    const algorithm = algorithms.find(({ name }) => name === "direct")!;
    // Five tiles of channels in ranges of three.
    const layer = convProblem("forward", { inputShape: [1, 110, 9, 9], kernelShape: [80, 110, 3, 3] });
    const [candidate] = candidatesOf(algorithm, layer, { ...lavapipe, uniformBytes: 3 * 65_536 });
    const { steps } = candidate!.plan();
    expect(steps.map(({ uniforms }) => uniforms["tiles"])).toEqual([3, 2]);
    expect(new Set(steps.map(({ kernel }) => kernelKey(kernel))).size).toBe(1);
    expect(new Set(steps.map(({ brief }) => kernelKey(brief!.kernel))).size).toBe(1);
    for (const step of steps) {
      for (const { bindings, uniforms } of [step, step.brief!]) {
        const { offset, size } = bindings.find(({ binding }) => binding === BINDING.second)!;
        const tileBytes = 16 * Number(uniforms["wStrideG"]);
        const bound = Number((uniforms["wChannels"] as Uniforms)["firstTile"]);
        const [first, tiles] = ["firstTile", "tiles"].map((name) => Number(step.uniforms[name])) as [number, number];
        expect(offset).toBe(bound * tileBytes);
        expect(bound).toBeLessThanOrEqual(first);
        expect(first + tiles).toBeLessThanOrEqual(bound + size / tileBytes);
      }
    }
  });
});
