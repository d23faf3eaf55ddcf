// A peer's result beside ours.
import { isWrong } from "../check.ts";
import type { PeerName } from "./names.ts";
import type { PeerResult } from "./protocol.ts";

/** A peer's result beside one of ours. */
export interface PeerOutcome extends PeerResult {
  /** Its time over ours, both of calls; undefined if either has no valid time. */
  readonly ratio?: number;
}

export type PeerOutcomes = Partial<Record<PeerName, PeerOutcome>>;

/** Adds the ratio to our time to a result, if both times are valid. */
export function compare(result: PeerResult, ours: number | undefined): PeerOutcome {
  const { milliseconds } = result;
  if (milliseconds === undefined || ours === undefined || isWrong(result)) return result;
  return { ...result, ratio: milliseconds / ours };
}
