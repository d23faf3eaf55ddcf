// The options of batch normalisation, checked. Shared by the host and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkBoolean, checkFinite } from "../../base/validate.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";

/** The options of running statistics. */
export interface RunningOptions {
  momentum?: number;
  biasedVariance?: boolean;
}

/**
 * Checks how running statistics are updated: the fraction by which they move towards the batch statistics, 0.1 by default as in PyTorch, and
 * which variance they have.
 */
export function checkRunningOptions(
  options: RunningOptions,
  hasRunning: boolean,
): { momentum: number; biased: boolean } {
  const momentum = checkFinite("momentum", options.momentum ?? 0.1);
  if (momentum < 0 || momentum > 1) refuse("invalid-argument", "momentum", momentum, "a number from 0 to 1");
  const biased = checkBoolean("biasedVariance", options.biasedVariance ?? false);
  if (!hasRunning && (momentum !== 0.1 || biased))
    refuse(
      "invalid-argument",
      biased ? "biasedVariance" : "momentum",
      biased || momentum,
      "none without runningMean and runningVariance",
    );
  return { momentum, biased };
}

/** Checks that the gradient is given either inverseDeviation or variance, and returns epsilon. */
export function checkDeviation({
  inverseDeviation,
  variance,
  epsilon,
}: {
  inverseDeviation?: unknown;
  variance?: unknown;
  epsilon?: number;
}): number {
  if ((inverseDeviation === undefined) === (variance === undefined))
    refuse(
      "invalid-argument",
      "inverseDeviation",
      words(variance === undefined ? "neither" : "both"),
      "either inverseDeviation or variance",
    );
  const checked = checkEpsilon(epsilon);
  if (inverseDeviation !== undefined && checked !== checkEpsilon(undefined))
    refuse("invalid-argument", "epsilon", epsilon, "none with inverseDeviation, which already includes it");
  return checked;
}
