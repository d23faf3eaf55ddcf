// What a peer's page is asked, and what it answers: plain data.
import type { Answer, Page } from "../../scripts/harness/answer.ts";
import type { BenchPass, Shape } from "../layer.ts";
import type { PeerModelOrder, PeerModelResult } from "../models/peers.ts";
import type { Result } from "../protocol.ts";
import type { AdapterCalls, ProgramOrder, ProgramResult } from "../tfjs/protocol.ts";
import type { TrainingOrder, TrainingResult } from "../training/measure.ts";
import type { PeerName } from "./names.ts";

/** Work for a peer. */
export interface PeerWork {
  readonly layer: Shape;
  readonly pass: BenchPass;
  readonly batch: number;
  readonly samples: number;
}

/** An operation beside convolution for a peer. */
export interface PeerOperation {
  /** Its index in the list (../operations.ts). */
  readonly entry: number;
  readonly batch: number;
  readonly samples: number;
}

/** A peer's result, in the terms of Result. Times are those of calls (calls.ts). */
export interface PeerResult extends Pick<
  Result,
  "milliseconds" | "samples" | "firstMilliseconds" | "check" | "failed"
> {
  /** Why it was not asked. */
  readonly unsupported?: string;
}

export interface PeerBench {
  /** Loads and starts a peer; answers with its package and version. */
  open(peer: PeerName): Promise<Answer<string>>;
  /** Has it compute some work, checks the result and, if that is right, times it. */
  measure(work: PeerWork): Promise<Answer<PeerResult>>;
  /** The same for an operation beside convolution. */
  operate(work: PeerOperation): Promise<Answer<PeerResult>>;
  /** Trains a network on the peer that was opened, and times a step. */
  train(order: TrainingOrder): Promise<Answer<TrainingResult>>;
  /** Starts a peer and measures a whole model on it. */
  model(order: PeerModelOrder): Promise<Answer<PeerModelResult>>;
  /** Has TensorFlow.js, which is open, compute by the adapter from now on. */
  adapt(): Promise<Answer<null>>;
  /** The calls of the adapter's kernels until now. */
  adapterCalls(): Promise<Answer<AdapterCalls>>;
  /** Has TensorFlow.js, which is open, run a program, and times it. */
  program(order: ProgramOrder): Promise<Answer<ProgramResult>>;
  /** The microseconds that a convolution takes on the CPU. */
  hostTime(): Promise<Answer<number>>;
}

/** The page of a peer. */
export type PeerPage = Page<PeerBench>;

declare global {
  interface Window {
    peer: PeerBench;
  }
}
