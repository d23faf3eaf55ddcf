// A peer's result beside ours.
import { isWrong } from "../check.ts";
import type { PeerName } from "./names.ts";
import type { PeerResult } from "./protocol.ts";

/** A peer's result beside one of ours. */
export interface PeerOutcome extends PeerResult {
  /** Its time over ours, both of calls; nothing where either has no time that counts. */
  readonly ratio?: number;
}

export type PeerOutcomes = Partial<Record<PeerName, PeerOutcome>>;

/** A result with its ratio to our time, if ours has one that counts. */
export function compare(result: PeerResult, ours: number | undefined): PeerOutcome {
  const { milliseconds } = result;
  if (milliseconds === undefined || ours === undefined || isWrong(result)) return result;
  return { ...result, ratio: milliseconds / ours };
}
