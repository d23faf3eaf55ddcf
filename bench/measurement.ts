// One row of the benchmark of convolutions.
import type { BenchPass, Layer } from "./layer.ts";
import type { PeerOutcomes } from "./peers/outcome.ts";
import type { Result } from "./protocol.ts";

/** A layer, what was measured of it, and how it went. */
export interface Measurement {
  readonly layer: Layer;
  readonly pass: BenchPass;
  readonly result: Result;
  /** How the peers did on the same row, where they were asked. */
  readonly peers?: PeerOutcomes;
}
