// The contract of an algorithm: it lists every way in which it can compute a correlation on a device, or says why it cannot. Algorithms are
// stateless and return plain data. passes.ts lifts them from correlations to problems, and the planner ranks the candidates.
//
// The law between the members, which test/algorithms/law.test.ts checks on the shared problems. A candidate
// - can be planned: `plan()` never fails;
// - has exactly the dispatches, and needs exactly the bytes of workspace, of textures and of prepacked weights, that it states;
// - keeps within the limits of the device, and, once it is lifted to problems, within the iterations that an invocation may have (long-sums.ts)
//   and within the time that a dispatch may take by estimate (in-time.ts);
// - is right: within the error that it states (the suite of test/algorithms/algorithms.browser.test.ts).
// And a variant that was once offered is offered again when asked for by its name, on any device that can run it: tuning tables and callers
// store names. This holds for each list of algorithms: that of software adapters (index.ts, software.ts) knows none of the variants that only that of GPUs
// has (hardware.ts), and refuses their names as any others.
import type { Triple } from "../base/shape.ts";
import type { Plan, Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import type { Work } from "./cost.ts";
import type { DeviceTraits } from "./traits.ts";

/** One algorithm of convolution. */
export interface Algorithm {
  /** Stable: users and tuning tables store it. */
  readonly name: string;
  /**
   * Returns the candidates worth trying, the default first. With `variant`, returns the one of that name, worth trying or not, or an empty list if
   * there is none. Returns an Unsupported if the algorithm cannot compute the correlation at all.
   */
  candidates(c: Correlation, device: DeviceTraits, variant?: string): readonly Candidate[] | Unsupported;
}

/** Why an algorithm cannot compute something, in words that a user can act on. */
export interface Unsupported {
  readonly reason: string;
}

/** One way to compute a correlation, or (with a Plan) a problem: its cost and its error, known before it is planned. */
export interface Candidate<P = PartialPlan> {
  /** Name of the variant: tile sizes and the like. Names are stable within a release. */
  readonly variant: string;
  /** Bytes of scratch memory. */
  readonly workspaceBytes: number;
  /** Bytes of prepacked weights. */
  readonly preparedBytes: number;
  /** Bytes of the textures into which operands are copied, in the order of their bindings; none unless given. */
  readonly textures?: readonly number[];
  /** Number of dispatches, including those of the preparation. */
  readonly dispatches: number;
  /** Dispatches of the preparation; one unless given, if there are prepacked weights. */
  readonly preparations?: number;
  /** What the dispatches compute, load and move; the planner estimates their time from it. Weights that are prepacked once do not count. */
  readonly work: readonly Work[];
  readonly error: ErrorBound;
  /** Iterations of all loops of its longest invocation, if fewer than the terms of a sum: more than so many are cut (long-sums.ts). */
  readonly iterations?: number;
  plan(): P;
}

/** The number of dispatches that prepack the weights of a candidate. */
export function preparationsOf({ preparedBytes, preparations = Number(preparedBytes > 0) }: Candidate): number {
  return preparations;
}

/** Bytes of memory that a candidate needs beside the operands. */
export function candidateBytes({ workspaceBytes, preparedBytes, textures = [] }: Candidate<unknown>): number {
  return textures.reduce((sum, one) => sum + one, workspaceBytes + preparedBytes);
}

/** The textures of candidates that run one after the other. */
export function sharedTextures(list: readonly Candidate[]): Pick<Candidate, "textures"> {
  const textures: number[] = [];
  for (const one of list)
    for (const [at, bytes] of (one.textures ?? []).entries()) textures[at] = Math.max(textures[at] ?? 0, bytes);
  return textures.length > 0 ? { textures } : {};
}

/** The plan of one correlation, which may be one of several in the plan of a problem. */
export type PartialPlan = Omit<Plan, "algorithm" | "variant">;

/** A bound on the difference between the results of a candidate and the exact ones. */
export interface ErrorBound {
  /** The bound relative to that of a sequential float32 sum, gamma_n sum |x||w|. */
  readonly growth: number;
  /**
   * How far errors spread if outputs are computed from more than their own terms: an output errs by at most `growth` times the largest bound among
   * the windows that lie at most this many cells of the padded input away along each axis, including those beyond its border (where zeros
   * continue it). NaN and infinity spread as far.
   */
  readonly spread: Triple;
  /**
   * What stands for sum |x||w| in the bound: "windows", itself, or the largest within `spread`; "energy", for each output, its terms times
   * the root mean squares of x over all cells within `spread` and of w (their products summed over channels), for algorithms whose errors
   * follow the norm of a tile. Means are over the spread + 1 cells of an axis that a tile has.
   */
  readonly norm: "windows" | "energy";
  /**
   * Terms of a K-step, if its numbers are rounded to half precision. Errors then do not grow with the number of K-steps, and the bound is growth
   * gamma_halfTerms sum |x||w|, for numbers that a half has: larger ones than 65504 become infinity, smaller ones than 2^-14 may become 0. "auto" and
   * algorithms that are named without a variant take such candidates only as far as `maxErrorGrowth` allows.
   */
  readonly halfTerms?: number | undefined;
  /** Whether integers of size 8 at most, whose sums stay below 2^24, come out exact. */
  readonly exactOnIntegers: boolean;
}

/** The error of a sequential sum, by which the others are measured. */
export const SEQUENTIAL_SUM: ErrorBound = { growth: 1, spread: [0, 0, 0], norm: "windows", exactOnIntegers: true };

/** Returns a candidate of one step without workspace, whose sums are sequential. */
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

/** The candidates of one kind of an algorithm's kernels that are worth trying, the default first; with `variant`, those of that name. */
export type Kernels = (c: Correlation, device: DeviceTraits, variant?: string) => readonly Candidate[];

/** The candidates of the first kind of kernels that is worth trying; with `variant`, those of that name of any kind. */
export function candidatesAmong(
  kinds: readonly Kernels[],
  c: Correlation,
  device: DeviceTraits,
  variant: string | undefined,
): readonly Candidate[] {
  const lists = kinds.map((kind) => kind(c, device, variant));
  return variant === undefined ? (lists.find((list) => list.length > 0) ?? []) : lists.flat();
}

/** A choice of tile sizes and the like, under the name of its variant. */
export interface Variant {
  readonly name: string;
}

/** Refuses a correlation that takes more bytes than the workspace or a binding may have; `what` ends with its verb. */
export function tooManyBytes(what: string, bytes: number, device: DeviceTraits): Unsupported {
  return {
    reason: `${what} ${bytes} bytes, more than the ${device.maxWorkspaceBytes} of workspace or the ${device.maxBindingBytes} of a binding allowed`,
  };
}

/** Refuses a correlation that takes more dispatches than a plan may have. */
export function tooManyDispatches(fewest: number, device: DeviceTraits): Unsupported {
  return {
    reason: `in ${device.maxWorkspaceBytes} bytes of workspace it takes ${fewest} dispatches at least, more than the ${device.maxDispatches} allowed`,
  };
}
