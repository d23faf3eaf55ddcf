// The plans that devices of all classes get for a problem, and what tells their kernels apart.
import type { Algorithm, Candidate } from "../../src/algorithms/algorithm.ts";
import type { Kernel, Plan, Step } from "../../src/kernel/step.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";
import type { NamedDevice } from "./adapters.ts";
import { candidatesOf, stepsOf } from "./candidates.ts";

/** A candidate with its plan, and the device that is offered it. */
export interface Planned {
  readonly device: NamedDevice;
  readonly candidate: Candidate<Plan>;
  readonly plan: Plan;
}

/** Plans every candidate that an algorithm offers any of the devices for a problem. */
export function planForAll(algorithm: Algorithm, problem: ConvProblem, devices: readonly NamedDevice[]): Planned[] {
  return devices.flatMap((device) =>
    candidatesOf(algorithm, problem, device.traits).map((candidate) => ({ device, candidate, plan: candidate.plan() })),
  );
}

/** A text for everything that a kernel is. */
export function identityOf({ shaders, ...rest }: Kernel): string {
  return JSON.stringify([shaders.map(({ name, text }) => name ?? text), rest]);
}

/** A text for a kernel without its numbers and element types. */
export function kindOf({ shaders, constants, aliases, ...rest }: Kernel): string {
  const values = Object.entries(constants).map(([name, value]) => [name, typeof value === "boolean" ? value : null]);
  return JSON.stringify([shaders.map(({ name, text }) => name ?? text), values, Object.keys(aliases ?? {}), rest]);
}

/** A step of each different kernel of a plan, by the kernel's identity. */
export function differentKernels(plans: readonly Plan[]): Map<string, Step> {
  return new Map(plans.flatMap(stepsOf).map((step) => [identityOf(step.kernel), step]));
}
