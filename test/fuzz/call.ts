// A call of the public API as plain data: it is sent to a page, shrunk, and printed as code.
import type { Dtype } from "../../src/base/dtype.ts";
import type { Layout } from "../../src/problem/problem.ts";

export const OPERATIONS = [
  "conv",
  "convTranspose",
  "convBackwardData",
  "convBackwardWeights",
  "convBackwardBias",
  "convTransposeBackwardData",
  "convTransposeBackwardWeights",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The pass that `engine.plan` takes for an operation, if there is one. */
export const PLANNED = {
  conv: "forward",
  convBackwardData: "backward-data",
  convBackwardWeights: "backward-weights",
} as const;

/** The names of an operation's tensor arguments, in order. */
export const ARGUMENTS: Readonly<Record<Operation, readonly string[]>> = {
  conv: ["x", "w"],
  convTranspose: ["x", "w"],
  convBackwardData: ["dy", "w"],
  convBackwardWeights: ["x", "dy"],
  convBackwardBias: ["dy"],
  convTransposeBackwardData: ["dy", "w"],
  convTransposeBackwardWeights: ["x", "dy"],
};

/** Junk in place of a valid value. */
export interface Spoiled {
  /** "options", a field of them ("options.stride", "options.padding.0"), or the name of a tensor. */
  readonly at: string;
  /** The source text of the junk, from junk.ts. */
  readonly by: string;
}

export interface Call {
  readonly operation: Operation;
  /** A direct call, a plan run on tensors, or a plan recorded on an encoder, on memory that held NaN before. */
  readonly way: "eager" | "run" | "encode";
  /** The shapes of its tensor arguments, in order. */
  readonly shapes: readonly (readonly number[])[];
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** Its options as a caller writes them, without tensors. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The shapes of the tensors among its options. */
  readonly tensors: { readonly [name in "bias" | "residual" | "output" | "preActivation"]?: readonly number[] };
  readonly spoiled?: Spoiled;
  /** The seed of the values in its tensors. */
  readonly seed: number;
}

/** The outcome of a call: how it ended, or what is wrong. */
export type Outcome =
  | { readonly ended: "computed"; readonly algorithm: string }
  | { readonly ended: "refused"; readonly code: string }
  | { readonly wrong: string };
