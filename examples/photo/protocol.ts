// The requests of Node to the page of the photo example, and its answers: plain data, since they travel between processes.

import type { AdapterInfo } from "../../scripts/harness/adapter.ts";
import type { Answer } from "../../scripts/harness/answer.ts";

/** The photograph as it is convolved, the adapter and the algorithms. */
export interface Opened {
  readonly adapter: AdapterInfo;
  readonly width: number;
  readonly height: number;
  /** The size in the file, if that was larger. */
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

/** Why an algorithm does not support a filter. */
export interface Refused {
  readonly refused: string;
}

export interface PhotoPage {
  /** Decodes the photograph and starts an engine. */
  open(): Promise<Answer<Opened>>;
  /** Computes the reference of a filter, which the next runs are checked against. */
  prepare(filter: number): Promise<Answer<null>>;
  /** Runs the filter by one algorithm: checks it, then times it. */
  run(algorithm: string): Promise<Answer<Measured | Refused>>;
  /** The picture of the first run since `prepare`, as a PNG in base64; null if no algorithm supports the filter. */
  picture(): Promise<Answer<string | null>>;
  /** The middle of the photograph, twice as large by a neural network, as a PNG in base64. */
  upscale(): Promise<Answer<string>>;
  /** Returns errors outside of answers: uncaptured GPU errors, a lost device. */
  close(): Promise<Answer<readonly string[]>>;
}

declare global {
  interface Window {
    photo: PhotoPage;
  }
}
