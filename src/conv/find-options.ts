// What goes into a search for the fastest way to compute a problem, and what comes out of it. The search itself is in find.ts, which is
// loaded when it is first asked for.
import { refuse } from "../base/error.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import { CONSTRAINT_KEYS, type Constraints, checkConstraints } from "../planner/choose.ts";

/** A way to compute a problem, and how it fared. */
export interface Found {
  readonly algorithm: string;
  readonly variant: string;
  /** Median time of a run; undefined where it failed. */
  readonly milliseconds?: number;
  /** The samples of the median. */
  readonly samples?: readonly number[];
  /** The estimate of the planner. */
  readonly estimatedMilliseconds: number;
  readonly workspaceBytes?: number;
  readonly preparedBytes?: number;
  readonly errorGrowth: number;
  /** Why it does not count: it could not run, or its result was wrong. */
  readonly failed?: string;
}

export interface FindProgress {
  readonly done: number;
  readonly total: number;
  /** What is measured next; undefined at the end. */
  readonly algorithm?: string;
  readonly variant?: string;
}

export interface FindOptions extends Constraints {
  /** Called before each candidate and at the end. */
  progress?: (progress: FindProgress) => void;
  /** Stops the search: the promise rejects with the reason of the signal, and nothing is kept. */
  signal?: AbortSignal;
}

/** The options of find, checked. */
export function checkFindOptions(options: unknown): FindOptions {
  const { progress, signal, ...given } = checkOptions("constraints", options, [
    ...CONSTRAINT_KEYS,
    "progress",
    "signal",
  ]);
  const constraints = checkConstraints("constraints", given);
  if (progress !== undefined && typeof progress !== "function")
    refuse("invalid-argument", "progress", progress, "a function");
  const checkedSignal = checkSignal("signal", signal);
  return {
    ...constraints,
    ...(progress && { progress: progress as FindOptions["progress"] }),
    ...(checkedSignal && { signal: checkedSignal }),
  };
}

/** What the tuning table keeps of a search. */
export function measurementsOf(found: readonly Found[]): { algorithm: string; variant: string; seconds: number }[] {
  return found
    .filter(({ milliseconds }) => milliseconds !== undefined)
    .map(({ algorithm, variant, milliseconds }) => ({ algorithm, variant, seconds: milliseconds! / 1e3 }));
}
