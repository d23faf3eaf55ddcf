// The plans that devices of all classes get for a problem, each once: most differ between few of them.
import type { Algorithm, Candidate } from "../../src/algorithms/algorithm.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { Kernel, Plan, Step } from "../../src/kernel/step.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";
import type { NamedDevice } from "./adapters.ts";
import { candidatesOf, stepsOf } from "./candidates.ts";

/** A candidate with its plan, and the first device that is offered it. */
export interface Planned {
  readonly device: NamedDevice;
  readonly candidate: Candidate<Plan>;
  readonly plan: Plan;
}

type Trait = keyof DeviceTraits;

/** Traits that note which of them are read. */
function watch(traits: DeviceTraits): { traits: DeviceTraits; read: ReadonlySet<Trait> } {
  const read = new Set<Trait>();
  const get = (target: DeviceTraits, name: string | symbol): unknown => {
    read.add(name as Trait);
    return target[name as Trait];
  };
  // `in` and spreading depend on which traits there are, so they read all.
  const all = <T>(answer: T): T => {
    for (const name of Object.keys(traits) as Trait[]) read.add(name);
    return answer;
  };
  const handler = {
    get,
    has: (target: DeviceTraits, name: string | symbol) => all(name in target),
    ownKeys: (target: DeviceTraits) => all(Reflect.ownKeys(target)),
  };
  return { traits: new Proxy(traits, handler), read };
}

/**
 * Plans every candidate that an algorithm offers any of the devices for a problem. A device whose traits agree with an earlier one's in all that
 * planning for that one read gets the same plans, and is skipped.
 */
export function planForAll(algorithm: Algorithm, problem: ConvProblem, devices: readonly NamedDevice[]): Planned[] {
  const known: { traits: DeviceTraits; read: ReadonlySet<Trait> }[] = [];
  const planned: Planned[] = [];
  for (const device of devices) {
    const isSame = (name: Trait, other: DeviceTraits): boolean =>
      JSON.stringify(device.traits[name]) === JSON.stringify(other[name]);
    if (known.some(({ traits, read }) => [...read].every((name) => isSame(name, traits)))) continue;
    const { traits, read } = watch(device.traits);
    for (const candidate of candidatesOf(algorithm, problem, traits))
      planned.push({ device, candidate, plan: candidate.plan() });
    known.push({ traits: device.traits, read });
  }
  return planned;
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
