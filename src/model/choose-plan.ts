// Chooses how a convolution of a model is computed. The planner ranks by the time of a run; a model also has to be compiled before its first run,
// and to be held. So among candidates that are nearly as fast, the one is taken that adds least of all three to what the model has already.
import { candidateBytes } from "../algorithms/algorithm.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { RecordedPlan } from "../gpu/recorder.ts";
import { assemble } from "../kernel/assemble.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { type Kernel, type Plan, type Step, kernelsOf } from "../kernel/step.ts";
import type { Choice, Ranked } from "../planner/choose.ts";
import { withChosenActivation } from "./chosen-activation.ts";

/** Runs that a compilation is worth. */
const RUNS = 16;

/** What a byte of workspace, textures or prepacked weights is worth, in seconds: a megabyte 10 ms. */
const SECONDS_PER_BYTE = 1e-8;

/**
 * Seconds to compile a character of a kernel, and how many times the time of the fastest candidate a run may take. SwiftShader takes 0.1 to 0.3 s
 * for kernels of 10 000 to 30 000 characters, drivers of GPUs tens of milliseconds.
 */
const COSTS = { software: { character: 1e-5, slower: 1.5 }, hardware: { character: 2e-6, slower: 1.1 } } as const;

/** The kernels of a model so far. */
export class Kernels {
  /** The lengths of kernels, by key. */
  readonly #lengths = new Map<string, number>();
  readonly #used = new Set<string>();

  add(kernels: readonly Kernel[]): void {
    for (const kernel of kernels) this.#used.add(kernelKey(kernel));
  }

  /** Characters of those kernels of a list that the model has not yet. */
  missing(kernels: readonly Kernel[]): number {
    const byKey = new Map(kernels.map((kernel) => [kernelKey(kernel), kernel]));
    return [...byKey].reduce((sum, [key, kernel]) => sum + (this.#used.has(key) ? 0 : this.#length(key, kernel)), 0);
  }

  #length(key: string, kernel: Kernel): number {
    const length = this.#lengths.get(key) ?? assemble(kernel).length;
    this.#lengths.set(key, length);
    return length;
  }
}

type Traits = Pick<DeviceTraits, "software" | "quads">;

const secondsOf = ({ measured, seconds }: Ranked): number => measured ?? seconds;

const compact = <Name extends string>(step: Step<Name>): Step<Name> => ({
  ...step,
  kernel: { ...step.kernel, compact: true },
});

/**
 * Returns a plan as a model computes it on a device. On software adapters, where the kernels of a network take as long to compile as tens of its runs,
 * they are shared, and compact unless on lavapipe, which has no quads: it takes 11 s instead of 1 to 2.7 to compile products of 16 x 16 sums with loops that
 * index these.
 */
export function modelPlan<P extends RecordedPlan>(plan: P, { software, quads }: Traits): P {
  if (!software) return plan;
  const { steps, preparation } = plan;
  const shared = { ...plan, steps: steps.map(withChosenActivation) };
  if (!quads) return shared;
  return {
    ...shared,
    steps: shared.steps.map(compact),
    ...(preparation && { preparation: { ...preparation, steps: preparation.steps.map(compact) } }),
  };
}

/** Returns the choice with the candidate that adds least to a model, and its plan. */
export function choosePlan(choice: Choice, device: Traits, kernels: Kernels): { choice: Choice; plan: Plan } {
  const { character, slower } = COSTS[device.software ? "software" : "hardware"];
  const within = choice.ranked.filter((one) => secondsOf(one) <= secondsOf(choice.chosen) * slower);
  const costs = within.map((ranked) => {
    const plan = modelPlan(ranked.candidate.plan(), device);
    const held = candidateBytes(ranked.candidate) * SECONDS_PER_BYTE;
    return { ranked, plan, cost: secondsOf(ranked) * RUNS + kernels.missing(kernelsOf(plan)) * character + held };
  });
  const { ranked: chosen, plan } = costs.reduce((best, one) => (one.cost < best.cost ? one : best));
  return { choice: { ...choice, chosen }, plan };
}
