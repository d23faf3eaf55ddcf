// Convolutions and gradients computed by PyTorch in float64 (golden.json, written by generate.py): results of a library that shares no code
// with this one, which check the reference and through it every kernel.
import type { ReferenceTransposeOptions } from "../../src/reference.ts";
import golden from "./golden.json" with { type: "json" };

/** The last three are transposed convolution and its gradients with respect to x and w. */
export const GOLDEN_PASSES = [
  "forward",
  "backward-data",
  "backward-weights",
  "backward-bias",
  "transposed",
  "transposed-backward-data",
  "transposed-backward-weights",
] as const;
export type GoldenPass = (typeof GOLDEN_PASSES)[number];

export interface GoldenTensor {
  readonly shape: number[];
  readonly data: number[];
}

/** Options that differ from their defaults; lists have one entry for each spatial axis. Gradient passes have `activation` too. */
export type GoldenOptions = Pick<
  ReferenceTransposeOptions,
  | "stride"
  | "dilation"
  | "padding"
  | "paddingMode"
  | "paddingValue"
  | "groups"
  | "outputPadding" // of transposed passes alone
  | "activation"
>;

/**
 * A problem and its result, channels first: w [K, C/groups, ...kernel], in transposed passes [C, K/groups, ...kernel]. It has only the
 * tensors that its pass reads.
 */
export interface GoldenCase {
  readonly name: string;
  readonly pass: GoldenPass;
  readonly options: GoldenOptions;
  readonly x?: GoldenTensor;
  readonly w?: GoldenTensor;
  readonly bias?: GoldenTensor;
  /** The gradient of the result; of the activation's output where there is an activation. */
  readonly dy?: GoldenTensor;
  /** The shapes of x and w, in gradient passes. */
  readonly inputShape?: number[];
  readonly kernelShape?: number[];
  /** The sum before the activation and its result, in gradients through an activation. */
  readonly preActivation?: GoldenTensor;
  readonly output?: GoldenTensor;
  /**
   * y, or the gradient of x, w or the bias. Without an activation it is exact: inputs and results have at most 11 significant
   * bits, and no partial sum needs more bits than float32 has, so that it is the same in f16, f32 and f64 and in any order.
   */
  readonly expected: GoldenTensor;
}

export const goldenCases = golden as readonly GoldenCase[];
