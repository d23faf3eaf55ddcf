// The options and the results of `find`, the search for the fastest way to compute a problem. The search itself is in find.ts, which is loaded on
// first use.
import { refuse } from "../base/error.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import { CONSTRAINT_KEYS, type Constraints, checkConstraints } from "../planner/choose.ts";

/** One candidate of a search, and its measurements. */
export interface Found {
  readonly algorithm: string;
  readonly variant: string;
  /** Median time of a run; undefined if the candidate failed or was not measured. */
  readonly milliseconds?: number;
  /** The times that the median is of. */
  readonly samples?: readonly number[];
  /** The difference of the slowest and the fastest sample as a share of the median. Above 0.15 the time is uncertain, though it was taken again. */
  readonly spread?: number;
  /** The planner's estimate of a run. */
  readonly estimatedMilliseconds: number;
  readonly workspaceBytes?: number;
  readonly preparedBytes?: number;
  readonly errorGrowth: number;
  /** Why the candidate failed: it could not run, or its result was wrong. */
  readonly failed?: string;
  /** Why the candidate was not measured: by estimate it takes far longer than the fastest, or keeps the GPU too long at a time. */
  readonly notMeasured?: string;
}

/** The progress of a search, in candidates. */
export interface FindProgress {
  readonly done: number;
  readonly total: number;
  /** The candidate to be measured next; undefined at the end. */
  readonly algorithm?: string;
  readonly variant?: string;
}

/** Options of `engine.find`. */
export interface FindOptions extends Constraints {
  /** Called before each candidate and at the end. */
  progress?: (progress: FindProgress) => void;
  /** Stops the search: the promise rejects with the signal's reason, and no measurement is stored. */
  signal?: AbortSignal;
}

/** @throws ConvError if the options are invalid */
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
