// The options of the cross entropy, checked. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { checkFinite, checkInteger, checkOneOf } from "../../base/validate.ts";

export const REDUCTIONS = ["mean", "sum", "none"] as const;

/** The options of `crossEntropy`. */
export interface CrossEntropyOptions<Values> {
  /** Averages the losses (weighted by the weights of their classes), sums them, or returns them one by one. Default: "mean". */
  reduction?: (typeof REDUCTIONS)[number];
  /** Fraction of each target that is spread evenly over all classes, from 0 to 1. Default: 0. */
  labelSmoothing?: number;
  /** Targets of this class index are ignored; only for targets that are class indices. Default: -100. */
  ignoreIndex?: number;
  /** A weight for each class [C], of the logits' element type. Default: 1. */
  weight?: Values;
}

/** The options of `negativeLogLikelihood`. */
export type NegativeLogLikelihoodOptions<Values> = Omit<CrossEntropyOptions<Values>, "labelSmoothing">;

export const LIKELIHOOD_KEYS = ["reduction", "ignoreIndex", "weight"];
export const CROSS_ENTROPY_KEYS = [...LIKELIHOOD_KEYS, "labelSmoothing"];

/** The canonical form of the options, without the weight. */
export interface Entropy {
  readonly reduction: (typeof REDUCTIONS)[number];
  readonly smoothing: number;
  readonly ignored: number;
  /** Whether the target has one class index for each element instead of the probabilities of all classes. */
  readonly indexed: boolean;
}

/** Integers up to this are exact in float32, the type of target indices. */
const MAX_CLASS = 2 ** 24;

/**
 * @param shapes the shapes of the logits (in their layout), the target, and the losses [N, ...spatial]
 * @throws ConvError naming the invalid argument
 */
export function entropyOf(
  options: CrossEntropyOptions<unknown>,
  { logits, losses, target }: Readonly<Record<"logits" | "losses" | "target", readonly number[]>>,
): Entropy {
  const reduction = checkOneOf("reduction", options.reduction ?? "mean", REDUCTIONS);
  const smoothing = checkFinite("labelSmoothing", options.labelSmoothing ?? 0);
  if (smoothing < 0 || smoothing > 1) refuse("invalid-argument", "labelSmoothing", smoothing, "a number from 0 to 1");
  const indexed = target.length === losses.length;
  const wanted = indexed ? losses : logits;
  if (target.join() !== wanted.join())
    refuse(
      "shape-mismatch",
      "target.shape",
      target,
      `[${losses.join(", ")}] for class indices, or [${logits.join(", ")}] for probabilities`,
    );
  if (!indexed && options.ignoreIndex !== undefined)
    refuse("invalid-argument", "ignoreIndex", options.ignoreIndex, "none if the target has probabilities");
  const ignored = checkInteger("ignoreIndex", options.ignoreIndex ?? -100, -MAX_CLASS, MAX_CLASS);
  return { reduction, smoothing, ignored, indexed };
}
