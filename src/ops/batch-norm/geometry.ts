// The options of batch normalisation, checked. Shared by the host and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkFinite } from "../../base/validate.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";

/** Checks the fraction by which running statistics move towards the batch statistics; 0.1 by default, as in PyTorch. */
export function checkMomentum(momentum: unknown, hasRunning: boolean): number {
  if (momentum !== undefined && !hasRunning)
    refuse("invalid-argument", "momentum", momentum, "none without runningMean and runningVariance");
  const checked = checkFinite("momentum", momentum ?? 0.1);
  if (checked < 0 || checked > 1) refuse("invalid-argument", "momentum", momentum, "a number from 0 to 1");
  return checked;
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
  if (inverseDeviation !== undefined && epsilon !== undefined)
    refuse("invalid-argument", "epsilon", epsilon, "none with inverseDeviation, which already includes it");
  return checkEpsilon(epsilon);
}
