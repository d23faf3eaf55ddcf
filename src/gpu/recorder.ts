// Recorder: takes the calls of operations instead of the queue. While a context has one, calls check their arguments and describe their results as
// always, but nothing is compiled, allocated or submitted.
import type { TensorDtype } from "../base/dtype.ts";
import type { Preparation, Step } from "../kernel/step.ts";
import type { Layout } from "../problem/problem.ts";

/** How a call is computed. */
export interface RecordedPlan {
  readonly steps: readonly Step<string>[];
  /** Scratch memory, bound as the operand "workspace". */
  readonly workspaceBytes?: number;
  /** Steps that pack an input into the operand "prepared", once for weights that do not change. */
  readonly preparation?: Preparation;
  /** Of a convolution: the planner's Choice. */
  readonly choice?: unknown;
}

/** A call of an operation with checked arguments. */
export interface Call {
  /** The public name. */
  readonly name: string;
  /** The memory of the tensors it reads, by operand: buffers, or what `record` returned for the results of earlier calls. */
  readonly buffers: Readonly<Partial<Record<string, GPUBuffer>>>;
  /** The tensors it creates, by operand. */
  readonly results: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly layout: Layout; readonly dtype: TensorDtype }>
  >;
  /** The operands among its inputs that it overwrites. */
  readonly updates?: readonly string[];
  /** The values of the operand "numbers". */
  readonly numbers?: readonly number[];
  /** A text of all that the plan depends on. */
  readonly key: () => string;
  /** Plans it. */
  readonly plan: () => RecordedPlan;
}

export interface Recorder {
  /** Whether the steps that it takes may bind textures. */
  readonly textures?: boolean;
  /** Takes a call, and returns a stand-in for the buffer of each of its results: an object that only identifies it. */
  record(call: Call): Readonly<Record<string, GPUBuffer>>;
}
