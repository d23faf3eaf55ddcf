// A call of the public API as plain data: it travels to a page, shrinks, and is printed as code.
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

/** The pass that `engine.plan` plans for an operation, where there is one. */
export const PLANNED = {
  conv: "forward",
  convBackwardData: "backward-data",
  convBackwardWeights: "backward-weights",
} as const;

/** What the tensors of an operation are called, in its order. */
export const ARGUMENTS: Readonly<Record<Operation, readonly string[]>> = {
  conv: ["x", "w"],
  convTranspose: ["x", "w"],
  convBackwardData: ["dy", "w"],
  convBackwardWeights: ["x", "dy"],
  convBackwardBias: ["dy"],
  convTransposeBackwardData: ["dy", "w"],
  convTransposeBackwardWeights: ["x", "dy"],
};

/** A value put in the place of one that fits. */
export interface Spoiled {
  /** "options", a field of them ("options.stride", "options.padding.0"), or the name of a tensor. */
  readonly at: string;
  /** A value's source, of those in junk.ts. */
  readonly by: string;
}

export interface Call {
  readonly operation: Operation;
  /** The engine's method itself, or a plan: run on tensors, or recorded on an encoder with memory that held NaN before. */
  readonly way: "eager" | "run" | "encode";
  /** The shapes of its tensors, in its order. */
  readonly shapes: readonly (readonly number[])[];
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** Its options without tensors, as a caller writes them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Shapes of the tensors among its options. */
  readonly tensors: { readonly [name in "bias" | "residual" | "output" | "preActivation"]?: readonly number[] };
  readonly spoiled?: Spoiled;
  /** Decides the numbers in its tensors. */
  readonly seed: number;
}

/** What came of a call: how it ended, or what is wrong with that. */
export type Outcome =
  | { readonly ended: "computed"; readonly algorithm: string }
  | { readonly ended: "refused"; readonly code: string }
  | { readonly wrong: string };
