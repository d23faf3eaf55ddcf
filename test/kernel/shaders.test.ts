// Every kernel that any algorithm plans for the shared problems, compiled by Tint on Dawn's null backend: no GPU is needed to know
// that each specialisation is valid WGSL and agrees with its bindings, its uniforms and the default limits.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create, globals } from "webgpu";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Plan, Step } from "../../src/kernel/step.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { problems } from "../suite/problems.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const traits: DeviceTraits = SOFTWARE_TRAITS;

/** Every plan of an algorithm for the shared problems. */
function plansOf(algorithm: (typeof algorithms)[number]): { name: string; plan: Plan }[] {
  const all = DTYPES.flatMap((dtype) =>
    problems.flatMap(({ name, descriptor, passes }) =>
      passes.map((pass) => ({ name, pass, descriptor: { ...descriptor, dtype } })),
    ),
  );
  return all.flatMap(({ name, pass, descriptor }) => {
    const problem = convProblem(pass, descriptor);
    if (algorithm.supports(problem, traits) !== true) return [];
    return algorithm.variants(problem, traits).map((variant) => ({
      name: `${pass}: ${name} (${variant.name})`,
      plan: algorithm.plan(problem, traits, variant),
    }));
  });
}

/** One step for each different source. */
function specialisations(plans: { plan: Plan }[]): Map<string, Step> {
  const steps = plans.flatMap(({ plan }) => [...(plan.preparation?.steps ?? []), ...plan.steps]);
  return new Map(steps.map((step) => [assemble(step.kernel), step]));
}

describe("shipped shaders", () => {
  // The implementation lives as long as this reference to it.
  let gpu: GPU | undefined;
  let device: GPUDevice;
  beforeAll(async () => {
    Object.assign(globalThis, globals);
    gpu = create(["backend=null"]);
    const adapter = await gpu.requestAdapter();
    device = await adapter!.requestDevice({ requiredFeatures: ["shader-f16", "subgroups"] });
  });
  afterAll(() => {
    device.destroy();
    gpu = undefined;
  });

  it.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
    "%s: every specialisation compiles",
    async (_name, algorithm) => {
      const sources = specialisations(plansOf(algorithm));
      expect(sources.size).toBeGreaterThan(0);
      for (const [code, step] of sources) {
        device.pushErrorScope("validation");
        const module = device.createShaderModule({ code });
        const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
        const size = Math.ceil(step.uniforms.length / 4) * 16;
        const uniforms = device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM });
        const buffers = step.bindings.map((range) =>
          device.createBuffer({ size: range.size, usage: GPUBufferUsage.STORAGE }),
        );
        device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: [
            { binding: 0, resource: { buffer: uniforms } },
            ...step.bindings.map(({ binding }, at) => ({ binding, resource: { buffer: buffers[at]! } })),
          ],
        });
        const error = await device.popErrorScope();
        for (const buffer of [uniforms, ...buffers]) buffer.destroy();
        expect(error?.message, `${JSON.stringify(step.kernel)}\n${code}`).toBeUndefined();
      }
    },
  );

  it.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
    "%s: plans stay within limits and their workspace",
    (_name, algorithm) => {
      for (const { name, plan } of plansOf(algorithm)) {
        for (const { workgroups, bindings } of [...(plan.preparation?.steps ?? []), ...plan.steps]) {
          expect(Math.max(...workgroups), name).toBeLessThanOrEqual(65_535);
          expect(new Set(bindings.map(({ binding }) => binding)).size, name).toBe(bindings.length);
          for (const { operand, offset, size } of bindings) {
            expect(offset % 256, name).toBe(0);
            if (operand === "workspace") expect(offset + size, name).toBeLessThanOrEqual(plan.workspaceBytes);
            if (operand === "prepared") expect(offset + size, name).toBeLessThanOrEqual(plan.preparation!.bytes);
          }
        }
      }
    },
  );
});
