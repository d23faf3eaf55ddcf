// Which of nearly equal candidates a model takes.
import { describe, expect, it } from "vitest";
import reluShader from "../../shaders/lib/activation/relu.wgsl";
import outputChannelsShader from "../../shaders/lib/output-channels.wgsl";
import chosenActivationShader from "../../shaders/model/chosen-activation.wgsl";
import type { Kernel, Plan } from "../../src/kernel/step.ts";
import { Kernels, choosePlan, modelPlan } from "../../src/model/choose-plan.ts";
import type { Choice, Ranked } from "../../src/planner/choose.ts";

const kernelOf = (name: string, characters: number): Kernel => ({
  shaders: [{ name, text: `fn ${name}() {}`.padEnd(characters) }],
  constants: {},
});

interface Given {
  readonly algorithm: string;
  readonly milliseconds: number;
  readonly kernels: readonly Kernel[];
  readonly bytes?: number;
}

/** The choice among candidates, the fastest first. */
function choiceOf(...given: Given[]): Choice {
  const ranked = given.map(({ algorithm, milliseconds, kernels, bytes = 0 }): Ranked => {
    const steps = kernels.map((kernel) => ({ kernel, bindings: [], uniforms: {}, workgroups: [1, 1, 1] as const }));
    const plan: Plan = { algorithm, variant: "", steps, workspaceBytes: 0 };
    const candidate = { variant: "", workspaceBytes: 0, preparedBytes: bytes, plan: () => plan };
    return { algorithm, candidate: candidate as never, seconds: milliseconds / 1000 };
  });
  return { chosen: ranked[0]!, considered: [], ranked, device: {} as never };
}

const chosen = (choice: Choice, used: readonly Kernel[] = [], software = true): string => {
  const kernels = new Kernels();
  kernels.add(used.map((kernel) => (software ? { ...kernel, compact: true } : kernel)));
  return choosePlan(choice, { software, quads: software }, kernels).plan.algorithm;
};

describe("a model", () => {
  const [large, small, known] = [kernelOf("large", 30_000), kernelOf("small", 5000), kernelOf("known", 30_000)];

  it("takes the fastest of candidates whose kernels are as large", () => {
    const [fast, slow] = [kernelOf("a", 10_000), kernelOf("b", 10_000)];
    const given = { algorithm: "slow", milliseconds: 10.1, kernels: [slow] };
    expect(chosen(choiceOf({ algorithm: "fast", milliseconds: 10, kernels: [fast] }, given))).toBe("fast");
  });

  it("takes kernels that are there, or small ones, over a run that is little faster", () => {
    const fast = { algorithm: "fast", milliseconds: 10, kernels: [large, small] };
    expect(chosen(choiceOf(fast, { algorithm: "again", milliseconds: 12, kernels: [known] }), [known])).toBe("again");
    expect(chosen(choiceOf(fast, { algorithm: "small", milliseconds: 12, kernels: [small] }))).toBe("small");
    expect(chosen(choiceOf(fast, { algorithm: "large", milliseconds: 14, kernels: [known] }))).toBe("fast");
  });

  it("holds megabytes of weights only where they save time", () => {
    const packed = { algorithm: "packed", milliseconds: 40, kernels: [large], bytes: 2 ** 24 };
    expect(chosen(choiceOf(packed, { algorithm: "plain", milliseconds: 45, kernels: [known] }))).toBe("plain");
    expect(chosen(choiceOf(packed, { algorithm: "plain", milliseconds: 55, kernels: [known] }))).toBe("packed");
  });

  it("never takes one that is half as slow again, on a GPU one that is a tenth slower", () => {
    const fast = { algorithm: "fast", milliseconds: 1, kernels: [large] };
    const at = (milliseconds: number) => choiceOf(fast, { algorithm: "again", milliseconds, kernels: [known] });
    expect([1.49, 1.51].map((ms) => chosen(at(ms), [known]))).toEqual(["again", "fast"]);
    expect([1.09, 1.11].map((ms) => chosen(at(ms), [known], false))).toEqual(["again", "fast"]);
  });
});

describe("the kernels of a model", () => {
  const kernel: Kernel = { shaders: [{ text: "" }], constants: {} };
  const step = { kernel, bindings: [], uniforms: {}, workgroups: [1, 1, 1] as const };
  const plan = { steps: [step], preparation: { steps: [step], bytes: 4 } } as unknown as Plan;

  it("are compact on software adapters, those that prepare weights too", () => {
    const { steps, preparation } = modelPlan(plan, { software: true, quads: true });
    for (const one of [...steps, ...preparation!.steps]) expect(one.kernel.compact).toBe(true);
  });

  it("are unrolled on lavapipe, and shared by activations", () => {
    const { steps, preparation } = modelPlan(plan, { software: true, quads: false });
    for (const one of [...steps, ...preparation!.steps]) expect(one.kernel.compact).toBeUndefined();
    const activated = { ...step, kernel: { ...kernel, shaders: [reluShader, outputChannelsShader] } };
    const [own] = modelPlan({ ...plan, steps: [activated] }, { software: true, quads: false }).steps;
    expect(own!.kernel.shaders).toContain(chosenActivationShader);
  });

  it("are unrolled on GPUs", () => {
    expect(modelPlan(plan, { software: false, quads: false })).toBe(plan);
  });
});
