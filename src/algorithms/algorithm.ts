// The contract of an algorithm: every way in which it can compute a correlation on a device, or why it cannot. Stateless and pure, data out.
// passes.ts lifts it from correlations to problems, the planner ranks what comes out.
//
// The law between the members, which test/algorithms/law.test.ts holds over the shared problems. What is offered
// - can be planned: `plan()` never fails;
// - has exactly the dispatches, and needs exactly the bytes of workspace and of prepacked weights, that it says;
// - keeps within the limits of the device that it was asked for;
// - is right: within the error that it states (the suite of test/algorithms/algorithms.browser.test.ts).
// And what was offered under a name once is offered again when asked for by that name, on any device that can run it: tuning tables and
// callers keep names.
import type { Triple } from "../base/shape.ts";
import type { Plan, Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import type { ConvProblem } from "../problem/problem.ts";
import type { Work } from "./cost.ts";
import type { DeviceTraits } from "./traits.ts";

export interface Algorithm {
  /** Stable: users and tuning tables store it. */
  readonly name: string;
  /**
   * The candidates worth trying, the default first; with `variant` the one of that name, worth trying or not, or none where there is no such
   * variant. An Unsupported where the algorithm cannot compute the correlation at all.
   */
  candidates(c: Correlation, device: DeviceTraits, variant?: string): readonly Candidate[] | Unsupported;
  /** The gradient of the input in one step, where the stride cuts it into more phases than a plan may have dispatches. */
  gather?(problem: ConvProblem, device: DeviceTraits): Candidate;
}

/** Why something cannot be computed, in words that a user can act on. */
export interface Unsupported {
  readonly reason: string;
}

/** One way to compute a correlation, or (with a Plan) a problem: what it takes and how far it errs, before anything is planned. */
export interface Candidate<P = PartialPlan> {
  /** Tile sizes and the like. Names are stable within a release. */
  readonly variant: string;
  /** Scratch memory. */
  readonly workspaceBytes: number;
  /** Prepacked weights. */
  readonly preparedBytes: number;
  /** Those of the preparation included. */
  readonly dispatches: number;
  /** What the dispatches compute, load and move; the planner estimates their time from it. Weights that are prepacked once do not count. */
  readonly work: readonly Work[];
  readonly error: ErrorBound;
  plan(): P;
}

/** The plan of a correlation: a whole plan, or a part of one. */
export type PartialPlan = Omit<Plan, "algorithm" | "variant">;

/** How far the results of a candidate may be from the exact ones. */
export interface ErrorBound {
  /** How much larger the bound is than that of a sequential float32 sum, gamma_n sum |x||w|. */
  readonly growth: number;
  /**
   * How far errors spread where outputs are computed from more than their own terms: an output errs by `growth` times the largest bound of
   * the windows that lie at most this many cells of the padded input away along each axis, those beyond its border included (where it goes
   * on with zeros). NaN and infinity spread as far.
   */
  readonly spread: Triple;
  /**
   * What stands for sum |x||w| in the bound: "windows", itself, or the largest within `spread`; "energy", for each output, its terms times
   * the root mean squares of x over all cells within `spread` and of w (their products summed over channels), for algorithms whose errors
   * follow the norm of a tile. Means are over the spread + 1 cells of an axis that a tile has.
   */
  readonly norm: "windows" | "energy";
  /** Whether integers of size 8 at most, whose sums stay below 2^24, come out exact. */
  readonly exactOnIntegers: boolean;
}

/** The error of a sequential sum: the bound itself. */
export const SEQUENTIAL_SUM: ErrorBound = { growth: 1, spread: [0, 0, 0], norm: "windows", exactOnIntegers: true };

/** A candidate of one step without workspace, whose sums are sequential. */
export function oneStep(variant: string, work: Work, step: () => Step): Candidate {
  return {
    variant,
    workspaceBytes: 0,
    preparedBytes: 0,
    dispatches: 1,
    work: [work],
    error: SEQUENTIAL_SUM,
    plan: () => ({ steps: [step()], workspaceBytes: 0 }),
  };
}

/** A tile or the like, under the name of the variant that uses it. */
export interface Variant {
  readonly name: string;
}

/** All variants, or with a name the one of that name. */
export function selectVariants<V extends Variant>(variants: readonly V[], name: string | undefined): readonly V[] {
  return name === undefined ? variants : variants.filter((one) => one.name === name);
}

/** The refusal of what takes more dispatches than a plan may have. */
export function tooManyDispatches(fewest: number, device: DeviceTraits): Unsupported {
  return {
    reason: `in ${device.maxWorkspaceBytes} bytes of workspace it takes ${fewest} dispatches at least, more than the ${device.maxDispatches} allowed`,
  };
}
