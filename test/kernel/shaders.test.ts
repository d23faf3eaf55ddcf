// The kernels that the algorithms plan for the shared problems on devices of every class, compiled by Tint on Dawn's null backend: no GPU is
// needed to know that they are valid WGSL and agree with their bindings, their uniforms and the default limits.
//
// Every kernel in f32 is compiled. In f16 each problem is planned for one class, in turn, and one kernel of each kind is compiled, drawn by the
// seed of the run (vitest.config.ts): a kind are kernels that differ in numeric constants and element types. CONVOKE_SUITE=all compiles those for
// all classes. A device may be offered more candidates than it ranks high: none is left out.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { create, globals } from "webgpu";
import { algorithms } from "../../src/algorithms/index.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Plan, Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { DEVICES } from "../suite/adapters.ts";
import { stepsOf } from "../suite/candidates.ts";
import { differentKernels, identityOf, kindOf, planForAll } from "../suite/planned.ts";
import { problems } from "../suite/problems.ts";
import { seedOf } from "../suite/random.ts";

type Algorithm = (typeof algorithms)[number];

const { parts, seed } = inject("draw");
const everything = parts === 1;

/** Every plan of an algorithm for the shared problems in an element type. */
function plansOf(algorithm: Algorithm, dtype: Dtype): { name: string; plan: Plan }[] {
  let turn = seed;
  return problems.flatMap(({ name, descriptor, passes }) =>
    passes.flatMap((pass) => {
      const devices = dtype === "f32" || everything ? DEVICES : [DEVICES[turn++ % DEVICES.length]!];
      return planForAll(algorithm, convProblem(pass, { ...descriptor, dtype }), devices).map(
        ({ device, candidate, plan }) => ({ name: `${device.name}, ${pass}: ${name} (${candidate.variant})`, plan }),
      );
    }),
  );
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

/** One kernel of each kind, drawn by the seed. */
function oneOfEachKind(kernels: ReadonlyMap<string, Step>): Step[] {
  const kinds = new Map<string, { step: Step; rank: number }>();
  for (const [identity, step] of kernels) {
    const kind = kindOf(step.kernel);
    const rank = seedOf(`${seed} ${identity}`);
    const best = kinds.get(kind);
    if (!best || rank < best.rank) kinds.set(kind, { step, rank });
  }
  return [...kinds.values()].map(({ step }) => step);
}

/** What kernels may use where a device has it. */
const FEATURES = ["shader-f16", "subgroups", "subgroup-size-control"] as GPUFeatureName[];

describe("shipped shaders", () => {
  // The implementation lives as long as this reference to it.
  let gpu: GPU | undefined;
  let device: GPUDevice;
  beforeAll(async () => {
    Object.assign(globalThis, globals);
    gpu = create(["backend=null"]);
    const adapter = await gpu.requestAdapter();
    device = await adapter!.requestDevice({ requiredFeatures: FEATURES });
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

  describe.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))("%s", (name, algorithm) => {
    let plans: { name: string; plan: Plan }[] = [];
    const kernels: Record<Dtype, ReadonlyMap<string, Step>> = { f32: new Map(), f16: new Map() };
    beforeAll(() => {
      for (const dtype of DTYPES) {
        const some = plansOf(algorithm, dtype);
        plans = [...plans, ...some];
        kernels[dtype] = differentKernels(some.map(({ plan }) => plan));
      }
    }, 300_000);

    it("compiles every kernel, of those in f16 one of every kind", async () => {
      const halves = everything ? [...kernels.f16.values()] : oneOfEachKind(kernels.f16);
      const steps = [...kernels.f32.values(), ...halves];
      expect(kernels.f32.size).toBeGreaterThan(0);
      expect(halves.length).toBeGreaterThan(0);
      console.info(`${name}: ${kernels.f32.size} kernels in f32, ${halves.length} of ${kernels.f16.size} in f16`);
      for (const step of steps) {
        const error = await errorOf(step);
        expect(error, `seed ${seed}: ${identityOf(step.kernel)}`).toBeUndefined();
      }
    });

    it("gives every kernel the uniforms that its WGSL declares, and can assemble it", () => {
      for (const { kernel, uniforms } of [...kernels.f32.values(), ...kernels.f16.values()]) {
        expect(uniformBytes(kernel.shaders, kernel.constants, uniforms).byteLength % 16).toBe(0);
        expect(assemble(kernel)).not.toContain("@unroll");
      }
    });

    it("plans within limits and the workspace", () => {
      // One expectation for all: there are tens of thousands of steps.
      const wrong = plans.flatMap(({ name: what, plan }) =>
        stepsOf(plan)
          .filter((step) => !isWithin(step, plan))
          .map(() => what),
      );
      expect(wrong).toEqual([]);
    });
  });
});
