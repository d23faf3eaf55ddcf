// The kernels that the algorithms plan for the shared problems, compiled by Tint on Dawn's null backend: no GPU is needed to know that they
// are valid WGSL and agree with their bindings, their uniforms and the default limits.
//
// Compiling is nearly all of what this costs (a second for each MB of unrolled source). Kernels that differ only in numeric constants, such
// as the sizes of a tile or a kernel, or in element types are one kind: a run compiles one of each kind, drawn by the seed of the run
// (vitest.config.ts), so that many runs cover all. CONVOKE_SUITE=all compiles every one.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { create, globals } from "webgpu";
import { algorithms } from "../../src/algorithms/index.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Kernel, Plan, Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { problems } from "../suite/problems.ts";
import { seedOf } from "../suite/random.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

type Algorithm = (typeof algorithms)[number];

/** Every plan of an algorithm for the shared problems. */
function plansOf(algorithm: Algorithm): { name: string; plan: Plan }[] {
  const all = DTYPES.flatMap((dtype) =>
    problems.flatMap(({ name, descriptor, passes }) =>
      passes.map((pass) => ({ name, pass, descriptor: { ...descriptor, dtype } })),
    ),
  );
  return all.flatMap(({ name, pass, descriptor }) => {
    const problem = convProblem(pass, descriptor);
    return candidatesOf(algorithm, problem, SOFTWARE_TRAITS).map((candidate) => ({
      name: `${pass}: ${name} (${candidate.variant})`,
      plan: candidate.plan(),
    }));
  });
}

function stepsOf({ preparation, steps }: Plan): Step[] {
  return [...(preparation?.steps ?? []), ...steps];
}

/** Whether a step keeps the default limits, and its ranges lie in the memory that the plan asks for. */
function isWithin({ workgroups, bindings }: Step, { workspaceBytes, preparation }: Plan): boolean {
  const numbers = new Set(bindings.map(({ binding }) => binding));
  const bytes: Partial<Record<string, number>> = { workspace: workspaceBytes, prepared: preparation?.bytes ?? 0 };
  return (
    Math.max(...workgroups) <= 65_535 &&
    numbers.size === bindings.length &&
    bindings.every(({ operand, offset, size }) => offset % 256 === 0 && offset + size <= (bytes[operand] ?? Infinity))
  );
}

/** A text for everything that a kernel is, with the names of its shaders for their texts. */
function identityOf({ shaders, ...rest }: Kernel): string {
  return JSON.stringify([shaders.map(({ name }) => name), rest]);
}

/** A text for a kernel without its numbers and element types. */
function kindOf({ shaders, constants, aliases, ...rest }: Kernel): string {
  const values = Object.entries(constants).map(([name, value]) => [name, typeof value === "boolean" ? value : null]);
  return JSON.stringify([shaders.map(({ name }) => name), values, Object.keys(aliases ?? {}), rest]);
}

/** One step of each different kernel. */
function differentKernels(steps: readonly Step[]): Map<string, Step> {
  return new Map(steps.map((step) => [identityOf(step.kernel), step]));
}

/** The kernels that a run compiles: one of each kind, drawn by the seed, or all. */
function drawn(kernels: ReadonlyMap<string, Step>, { all, seed }: { all: boolean; seed: number }): Step[] {
  if (all) return [...kernels.values()];
  const kinds = new Map<string, { step: Step; rank: number }>();
  for (const [identity, step] of kernels) {
    const kind = kindOf(step.kernel);
    const rank = seedOf(`${seed} ${identity}`);
    const best = kinds.get(kind);
    if (!best || rank < best.rank) kinds.set(kind, { step, rank });
  }
  return [...kinds.values()].map(({ step }) => step);
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

  /** What is wrong with a step on this device: the error of its module, its pipeline or its bind group. */
  async function errorOf({ kernel, bindings, uniforms }: Step): Promise<string | undefined> {
    const usage = GPUBufferUsage.STORAGE;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: assemble(kernel) });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
    const { byteLength: size } = uniformBytes(kernel.shaders, kernel.constants, uniforms);
    const uniform = device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM });
    const buffers = bindings.map((range) => device.createBuffer({ size: range.size, usage }));
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: uniform } },
        ...bindings.map(({ binding }, at) => ({ binding, resource: { buffer: buffers[at]! } })),
      ],
    });
    const error = await device.popErrorScope();
    for (const buffer of [uniform, ...buffers]) buffer.destroy();
    return error?.message;
  }

  const { parts, seed } = inject("draw");
  const draw = { all: parts === 1, seed };

  describe.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))("%s", (_name, algorithm) => {
    let plans: { name: string; plan: Plan }[] = [];
    let kernels: ReadonlyMap<string, Step> = new Map();
    beforeAll(() => {
      plans = plansOf(algorithm);
      kernels = differentKernels(plans.flatMap(({ plan }) => stepsOf(plan)));
    }, 300_000);

    it("compiles kernels of every kind", async () => {
      const steps = drawn(kernels, draw);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) {
        const error = await errorOf(step);
        expect(error, `seed ${seed}: ${identityOf(step.kernel)}`).toBeUndefined();
      }
    });

    it("gives every kernel the uniforms that its WGSL declares, and can assemble it", () => {
      for (const { kernel, uniforms } of kernels.values()) {
        expect(uniformBytes(kernel.shaders, kernel.constants, uniforms).byteLength % 16).toBe(0);
        expect(assemble(kernel)).not.toContain("@unroll");
      }
    });

    it("plans within limits and the workspace", () => {
      // One expectation for all: there are tens of thousands of steps.
      const wrong = plans.flatMap(({ name, plan }) =>
        stepsOf(plan)
          .filter((step) => !isWithin(step, plan))
          .map(() => name),
      );
      expect(wrong).toEqual([]);
    });
  });
});
