// The options of the cross entropy. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { checkFinite, checkInteger, checkOneOf } from "../../base/validate.ts";

export const REDUCTIONS = ["mean", "sum", "none"] as const;

export interface CrossEntropyOptions<Values> {
  /**
   * What becomes of the losses: their mean, each by the weight of its class, unless given; their sum; or nothing.
   */
  reduction?: (typeof REDUCTIONS)[number];
  /** How much of each target is spread evenly over all classes, from 0 to 1; 0 unless given. */
  labelSmoothing?: number;
  /** The class whose elements do not count, -100 unless given. None where the target has probabilities. */
  ignoreIndex?: number;
  /** A weight for each class [C], like the logits; 1 unless given. */
  weight?: Values;
}

export const CROSS_ENTROPY_KEYS = ["reduction", "labelSmoothing", "ignoreIndex", "weight"];

/** What they come to, without the weight. */
export interface Entropy {
  readonly reduction: (typeof REDUCTIONS)[number];
  readonly smoothing: number;
  readonly ignored: number;
  /** Whether the target has the number of a class for each element, and not the probabilities of all. */
  readonly indexed: boolean;
}

/** Integers up to here are float32 numbers, as targets are. */
const MAX_CLASS = 2 ** 24;

/** @param shapes of the logits [N, C, ...spatial] (in their layout) and of the target, with `losses` that of the losses [N, ...spatial] */
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
      `[${losses.join(", ")}], classes of the logits, or [${logits.join(", ")}], their probabilities`,
    );
  if (!indexed && options.ignoreIndex !== undefined)
    refuse("invalid-argument", "ignoreIndex", options.ignoreIndex, "none where the target has probabilities");
  const ignored = checkInteger("ignoreIndex", options.ignoreIndex ?? -100, -MAX_CLASS, MAX_CLASS);
  return { reduction, smoothing, ignored, indexed };
}
