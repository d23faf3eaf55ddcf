// One row of the benchmark of convolutions.
import type { BenchPass, Layer } from "./layer.ts";
import type { PeerOutcomes } from "./peers/outcome.ts";
import type { Result } from "./protocol.ts";

/** A layer, the pass and algorithm it was measured with, and the result. */
export interface Measurement {
  readonly layer: Layer;
  readonly pass: BenchPass;
  readonly result: Result;
  /** The results of the peers on the same row, if they were asked. */
  readonly peers?: PeerOutcomes;
}
