// What the fuzzer tries: an operation, or another call of the public API, as plain data. A case travels to a page, shrinks, and is
// printed as code.
import type { Call, Spoiled } from "./call.ts";
import type { OperationCase } from "./operation.ts";

/** `engine.tensor`, `engine.empty` or `engine.wrap`. */
export interface TensorCase {
  readonly operation: "tensor" | "empty" | "wrap";
  readonly shape: readonly number[];
  /** Its options, as a caller writes them. */
  readonly options: { readonly dtype?: string; readonly layout?: string };
  /** The kind of list that the numbers are given in. */
  readonly list: "Array" | "Float32Array" | "Float64Array" | "Int8Array" | "Uint16Array";
  /** Elements (of `wrap`: words of the buffer) beyond those of the shape, or fewer. */
  readonly beyond: number;
  /** Usages of the buffer to wrap, by their names. */
  readonly usage: readonly ("STORAGE" | "COPY_SRC" | "COPY_DST")[];
  readonly spoiled?: Spoiled;
  readonly seed: number;
}

/** What is wrong with one of the buffers that a plan is recorded on. */
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
  /** What is planned: a valid call of an operation that has a plan. */
  readonly call: Call;
  /** What stands for each operand, the result last: a tensor, a buffer of its bytes, or a larger one. */
  readonly given: readonly ("tensor" | "buffer" | "larger")[];
  /** The scratch memory: the plan's own, or the caller's. */
  readonly workspace: "none" | "buffer" | "larger";
  /** A wrong buffer, and which: an operand, the result, the workspace, or one that the plan has not. */
  readonly fault?: { readonly at: number; readonly by: Fault; readonly junk: string };
}

/** `engine.find`. */
export interface FindCase {
  readonly operation: "find";
  /** What is searched for: a valid call of an operation that has a plan. */
  readonly call: Call;
  readonly options: Readonly<Record<string, unknown>>;
  /** Before which candidate the search is given up. */
  readonly abort?: number;
  /** At "options" or a field of them. */
  readonly spoiled?: Spoiled;
}

export type Case = Call | OperationCase | TensorCase | EncodeCase | FindCase;
