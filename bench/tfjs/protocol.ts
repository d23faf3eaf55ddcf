// What a page with TensorFlow.js is asked in the suite `tfjs`, and what it answers: plain data.
import type { Result } from "../protocol.ts";
import type { ProgramName } from "./list.ts";

export interface ProgramOrder {
  readonly program: ProgramName;
  readonly samples: number;
}

/** Calls of the adapter's kernels. */
export interface AdapterCalls {
  readonly served: number;
  readonly passedOn: number;
}

/** Times are in milliseconds. */
export interface ProgramResult extends Required<Pick<Result, "milliseconds" | "samples" | "firstMilliseconds">> {
  /** What the program computed first: pixels, probabilities, or losses. */
  readonly values: readonly number[];
}
