// The numbers of batch normalisation, checked: what the engine and the reference share.
import { refuse } from "../../base/error.ts";
import { checkFinite } from "../../base/validate.ts";

/** How far running statistics go towards those of a batch; PyTorch's 0.1 unless given. */
export function checkMomentum(momentum: unknown, hasRunning: boolean): number {
  if (momentum !== undefined && !hasRunning)
    refuse("invalid-argument", "momentum", momentum, "none where no runningMean and runningVariance are given");
  const checked = checkFinite("momentum", momentum ?? 0.1);
  if (checked < 0 || checked > 1) refuse("invalid-argument", "momentum", momentum, "a number from 0 to 1");
  return checked;
}
