// The kernels that the algorithms plan for the shared problems on devices of every class, compiled by Tint on Dawn's null backend: no GPU is
// needed to know that they are valid WGSL and agree with their bindings, their uniforms and the default limits.
//
// What only GPUs are offered runs nowhere but where a GPU is, so every such kernel in f32 is compiled. Of the software adapter's, and of all in
// f16, a run compiles one of each kind, drawn by its seed (vitest.config.ts): kernels of one kind differ only in numeric constants and element
// types, and compiling takes a second for each MB of unrolled source. In f32 alone all classes get 11 000, which take two and a half
// minutes of a core, and one more to plan: so a problem is planned for the software adapter and for two other classes, in f16 for one class, in
// turn, so that many runs cover all. CONVOKE_SUITE=all plans every problem for every class and compiles every kernel.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { minify } from "../../scripts/minify-wgsl.mjs";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { briefStep } from "../../src/conv/first-calls.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Kernel, Plan, Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { LIMITS } from "../../tools/inspect/report.ts";
import { DEVICES, type NamedDevice } from "../suite/adapters.ts";
import { stepsOf } from "../suite/candidates.ts";
import { type Compiler, createCompiler } from "../suite/compiler.ts";
import { differentKernels, identityOf, kindOf, planForAll } from "../suite/planned.ts";
import { problems } from "../suite/problems.ts";
import { seedOf } from "../suite/random.ts";

type Algorithm = (typeof algorithms)[number];

const { parts, seed } = inject("draw");
const everything = parts === 1;

/** A plan under a name that says for what it is, and whether it is the software adapter's. */
interface NamedPlan {
  readonly name: string;
  readonly software: boolean;
  readonly plan: Plan;
}

/** The devices that a run plans a problem for: all, or some in turn. */
function devicesAt(turn: number, dtype: Dtype): readonly NamedDevice[] {
  if (everything) return DEVICES;
  if (dtype === "f16") return [DEVICES[turn % DEVICES.length]!];
  const [software, ...gpus] = DEVICES;
  return [software!, ...[2 * turn, 2 * turn + 1].map((at) => gpus[at % gpus.length]!)];
}

/** The plans of an algorithm for the shared problems in an element type. */
function plansOf(algorithm: Algorithm, dtype: Dtype): NamedPlan[] {
  let turn = seed;
  return problems.flatMap(({ name, descriptor, passes }) =>
    passes.flatMap((pass) => {
      const devices = devicesAt(turn++, dtype);
      return planForAll(algorithm, convProblem(pass, { ...descriptor, dtype }), devices).map(
        ({ device, candidate, plan }) => ({
          name: `${device.name}, ${pass}: ${name} (${candidate.variant})`,
          software: device.traits.software,
          plan,
        }),
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

const published = new Map<string, string>();

/** Bytes of the source of a kernel as it is published, with loops unrolled. */
function sourceBytes(kernel: Kernel): number {
  const shaders = kernel.shaders.map((shader) => {
    let text = published.get(shader.text);
    if (text === undefined) published.set(shader.text, (text = minify(shader.text)));
    return { ...shader, text };
  });
  return Buffer.byteLength(assemble({ ...kernel, shaders }));
}

describe("shipped shaders", () => {
  let compiler: Compiler;
  beforeAll(async () => {
    compiler = await createCompiler(["shader-f16", "subgroups", "subgroup-size-control"]);
  });
  afterAll(() => compiler.destroy());

  describe.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))("%s", (name, algorithm) => {
    const plans = { f32: [] as NamedPlan[], f16: [] as NamedPlan[] };
    const kernelsOf = (list: readonly NamedPlan[]): Map<string, Step> => differentKernels(list.map(({ plan }) => plan));
    beforeAll(() => {
      for (const dtype of DTYPES) plans[dtype] = plansOf(algorithm, dtype);
    }, 300_000);

    it("compiles every kernel that only GPUs are offered, and one of every other kind", async () => {
      const software = kernelsOf(plans.f32.filter((one) => one.software));
      const ofGpus = new Map([...kernelsOf(plans.f32)].filter(([identity]) => !software.has(identity)));
      const halves = kernelsOf(plans.f16);
      const few = [software, halves].flatMap((all) => (everything ? [...all.values()] : oneOfEachKind(all)));
      console.info(`${name}: ${ofGpus.size} kernels of GPUs, ${few.length} of ${software.size + halves.size} others`);
      expect(few.length).toBeGreaterThan(0);
      for (const step of [...ofGpus.values(), ...few, ...few.map((one) => briefStep(one))]) {
        const error = await compiler.errorOf(step);
        expect(error, `seed ${seed}: ${identityOf(step.kernel)}`).toBeUndefined();
      }
    });

    it("gives every kernel the uniforms that its WGSL declares, and can assemble it", () => {
      for (const step of kernelsOf([...plans.f32, ...plans.f16]).values()) {
        for (const { kernel, uniforms } of [step, briefStep(step)]) {
          expect(uniformBytes(kernel.shaders, kernel.constants, uniforms).byteLength % 16).toBe(0);
          expect(assemble(kernel)).not.toContain("@unroll");
        }
      }
    });

    it("gives GPUs short sources", () => {
      const onGpus = [...plans.f32, ...plans.f16].filter((one) => !one.software);
      const long = [...kernelsOf(onGpus).values()]
        .map(({ kernel }) => ({ kernel: identityOf(kernel), bytes: sourceBytes(kernel) }))
        .filter(({ bytes }) => bytes > LIMITS.sourceBytes);
      expect(long).toEqual([]);
    });

    it("lets first calls bind what later ones do", () => {
      for (const { name: planned, plan } of plans.f32) {
        for (const { brief, bindings } of plan.steps) if (brief) expect(brief.bindings, planned).toEqual(bindings);
      }
    });

    it("plans within limits and the workspace", () => {
      // One expectation for all: there are tens of thousands of steps.
      const wrong = [...plans.f32, ...plans.f16].flatMap(({ name: what, plan }) =>
        stepsOf(plan)
          .filter((step) => !isWithin(step, plan))
          .map(() => what),
      );
      expect(wrong).toEqual([]);
    });
  });
});
