// What Node asks of the showcase page and what it answers: plain data, since it travels between processes. One question at a
// time; nothing else of the page is used.

import type { Answer } from "../../scripts/harness/answer.ts";

/** What WebGPU says of an adapter; any of the strings may be empty. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/** The photograph as it is convolved, and what it is convolved on and by. */
export interface Opened {
  readonly adapter: AdapterInfo;
  readonly width: number;
  readonly height: number;
  /** The size in the file, where that was larger. */
  readonly shrunkFrom: readonly [width: number, height: number] | null;
  readonly features: readonly string[];
  /** Names of the algorithms that have a forward pass. */
  readonly algorithms: readonly string[];
}

/** One row of the table. */
export interface Measured {
  readonly ms: number;
  readonly gflops: number;
  readonly workspaceBytes: number;
  /** The largest error as a multiple of its bound. */
  readonly multiple: number;
  readonly ok: boolean;
}

/** Why an algorithm does not serve a filter. */
export interface Refused {
  readonly refused: string;
}

export interface Showcase {
  /** Decodes the photograph and starts an engine. */
  open(): Promise<Answer<Opened>>;
  /** Computes the reference for a filter: the next runs are checked against it. */
  prepare(filter: number): Promise<Answer<null>>;
  /** Runs the filter by one algorithm: checks it, then times it. */
  run(algorithm: string): Promise<Answer<Measured | Refused>>;
  /** The picture of the first run since `prepare`, as a PNG in base64; null where no algorithm served the filter. */
  picture(): Promise<Answer<string | null>>;
  /** What went wrong without an answer saying so: GPU errors that no call reported, a lost device. */
  close(): Promise<Answer<readonly string[]>>;
}

declare global {
  interface Window {
    showcase: Showcase;
  }
}
