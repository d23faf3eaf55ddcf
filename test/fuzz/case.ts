// A case of the fuzzer: a call of an operation, or another call of the public API, as plain data. It is sent to a page, shrunk, and printed as
// code.
import type { Call, Spoiled } from "./call.ts";
import type { OperationCase } from "./operation.ts";

/** `engine.tensor`, `engine.empty` or `engine.wrap`. */
export interface TensorCase {
  readonly operation: "tensor" | "empty" | "wrap";
  readonly shape: readonly number[];
  /** Its options as a caller writes them. */
  readonly options: { readonly dtype?: string; readonly layout?: string };
  /** The kind of list that holds the values. */
  readonly list: "Array" | "Float32Array" | "Float64Array" | "Int8Array" | "Uint16Array";
  /** Elements (for `wrap`: 32-bit words of the buffer) beyond those of the shape; negative for fewer. */
  readonly beyond: number;
  /** The usages of the buffer to wrap, by name. */
  readonly usage: readonly ("STORAGE" | "COPY_SRC" | "COPY_DST")[];
  readonly spoiled?: Spoiled;
  readonly seed: number;
}

/** The fault of one of the buffers that a plan is recorded on. */
export const FAULTS = [
  "missing",
  "too small",
  "no storage",
  "the result",
  "destroyed",
  "foreign",
  "another shape",
  "junk",
] as const;
export type Fault = (typeof FAULTS)[number];

/** `plan.encode` on buffers of the caller's. */
export interface EncodeCase {
  readonly operation: "encode";
  /** The call to plan: a valid one of an operation that has a plan. */
  readonly call: Call;
  /** The form of each operand, the result last: a tensor, a buffer of its size, or a larger buffer. */
  readonly given: readonly ("tensor" | "buffer" | "larger")[];
  /** The workspace: the plan's own, or the caller's. */
  readonly workspace: "none" | "buffer" | "larger";
  /** A faulty buffer and its place: an operand, the result, the workspace, or one that the plan does not take. */
  readonly fault?: { readonly at: number; readonly by: Fault; readonly junk: string };
}

/** `engine.find`. */
export interface FindCase {
  readonly operation: "find";
  /** The call to search for: a valid one of an operation that has a plan. */
  readonly call: Call;
  readonly options: Readonly<Record<string, unknown>>;
  /** The candidate before which the search is aborted. */
  readonly abort?: number;
  /** At "options" or a field of them. */
  readonly spoiled?: Spoiled;
}

export type Case = Call | OperationCase | TensorCase | EncodeCase | FindCase;
