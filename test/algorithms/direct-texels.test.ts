// Direct kernels that load texels: which problems get them, and which weights they bind.
import { describe, expect, it } from "vitest";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/uniforms.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../../src/kernel/step.ts";
import { type ConvDescriptor, type Pass, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { BOUND } from "../suite/lavapipe.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const lavapipe: DeviceTraits = { ...SOFTWARE_TRAITS, ...BOUND, f16: true };

const DEPTHWISE = { inputShape: [1, 192, 24, 24], kernelShape: [192, 1, 5, 5], padding: 2, groups: 192 };
const LAST: ConvDescriptor = { inputShape: [1, 30, 30, 48], kernelShape: [3, 3, 48, 48], layout: "channels-last" };
const DILATED = { inputShape: [1, 48, 30, 30], kernelShape: [48, 48, 3, 3], padding: 6, dilation: 6 };

function best(name: string, descriptor: ConvDescriptor, device = lavapipe, pass: Pass = "forward") {
  const [first] = candidatesOf(
    algorithms.find((one) => one.name === name)!,
    convProblem(pass, descriptor),
    device,
  );
  return first!;
}

describe("rows of texels", () => {
  it.each([
    ["depthwise", "forward", DEPTHWISE],
    ["depthwise", "backward-data", DEPTHWISE],
    ["depthwise", "backward-data", { ...DEPTHWISE, stride: 2 }],
    ["direct", "forward", DILATED],
    ["direct", "forward", { inputShape: [2, 24, 9, 9], kernelShape: [30, 8, 3, 3], groups: 3 }],
  ] as const)("serve %s %s of %o", (name, pass, descriptor) => {
    const large = { ...lavapipe, uniformBytes: 12_288 };
    expect(best(name, descriptor, large, pass).variant).toMatch(/-texels$/);
  });

  it("bind inputs that fit as uniforms, without a texture", () => {
    const small = { inputShape: [1, 120, 10, 10], kernelShape: [120, 1, 3, 3], padding: 1, groups: 120 };
    const candidate = best("depthwise", small);
    expect(candidate.variant).toMatch(/-uniforms$/);
    expect(candidate.textures ?? []).toEqual([]);
    const [{ bindings }] = candidate.plan().steps as [Step];
    expect(bindings.find(({ operand }) => operand === "x")).toMatchObject({ uniform: true, size: 48_000 });
    expect(best("depthwise", small, { ...lavapipe, uniformBytes: 47_999 }).variant).toMatch(/-texels$/);
  });

  it.each<[string, ConvDescriptor, Partial<DeviceTraits>]>([
    ["adapters that gain nothing by it", DEPTHWISE, { textureBytes: undefined }],
    ["inputs that no texture holds", DEPTHWISE, { textureBytes: 400_000 }],
    ["memory that is short of a copy", DEPTHWISE, { maxWorkspaceBytes: 400_000 }],
    ["half precision", { ...DEPTHWISE, dtype: "f16" }, {}],
    ["channels-last tensors", LAST, {}],
    ["padding that repeats cells", { ...DEPTHWISE, paddingMode: "reflect" }, {}],
    ["inputs without cells", { ...DEPTHWISE, inputShape: [1, 192, 0, 24], padding: 4 }, {}],
    ["inputs that end within a texel", { inputShape: [1, 3, 23, 23], kernelShape: [3, 1, 5, 5], groups: 3 }, {}],
  ])("do not serve %s", (_, descriptor, traits) => {
    const name = descriptor === LAST ? "direct" : "depthwise";
    expect(best(name, descriptor, { ...lavapipe, ...traits }).variant).not.toMatch(/-(texels|uniforms)$/);
  });
});

describe("the weights of tiles", () => {
  it.each([
    ["depthwise", { inputShape: [1, 600, 40, 40], kernelShape: [600, 1, 13, 13], groups: 600 }],
    ["direct", { inputShape: [1, 64, 20, 20], kernelShape: [96, 64, 3, 3] }],
    ["direct", { inputShape: [2, 144, 7, 7], kernelShape: [144, 16, 3, 3], groups: 9 }],
  ] as const)("of %s are bound in ranges that fit, each once: %o", (name, descriptor) => {
    const { steps, preparation } = best(name, descriptor).plan();
    expect(steps.length).toBeGreaterThan(1);
    let next = 0;
    for (const { bindings, uniforms } of steps) {
      const { offset, size } = bindings.find(({ binding }) => binding === BINDING.second)!;
      expect(offset % STORAGE_ALIGNMENT).toBe(0);
      expect(offset).toBe(next);
      expect(size).toBeLessThanOrEqual(BOUND.uniformBytes);
      expect(size).toBe(Number(uniforms["tiles"]) * Number(uniforms["wTile"]) * 16);
      next = offset + size;
    }
    expect(next).toBe(preparation!.bytes);
  });
});
