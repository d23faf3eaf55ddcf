// What is asked of a peer's page and what it answers: plain data. One question at a time.
import type { Answer, Page } from "../../scripts/harness/answer.ts";
import type { BenchPass, Shape } from "../layer.ts";
import type { Result } from "../protocol.ts";
import type { PeerName } from "./names.ts";

/** What a peer is to compute. */
export interface PeerWork {
  readonly layer: Shape;
  readonly pass: BenchPass;
  readonly batch: number;
  readonly samples: number;
}

/** How it did, as Result has it. Times are those of calls (calls.ts). */
export interface PeerResult extends Pick<
  Result,
  "milliseconds" | "samples" | "firstMilliseconds" | "check" | "failed"
> {
  /** Why it is not asked to. */
  readonly unsupported?: string;
}

export interface PeerBench {
  /** Loads and starts a peer; answers with its package and the version of it. */
  open(peer: PeerName): Promise<Answer<string>>;
  /** Has it compute some work, checks the result and, where that is right, times it. */
  measure(work: PeerWork): Promise<Answer<PeerResult>>;
}

/** The page of a peer. */
export type PeerPage = Page<PeerBench>;

declare global {
  interface Window {
    peer: PeerBench;
  }
}
