// The peers that run models, and the format that each reads.
import type { PeerName } from "../peers/names.ts";
import type { BenchModel } from "./list.ts";
import type { ModelOrder, ModelResult } from "./measure.ts";

/** Where a peer computes. In WebAssembly it computes on the CPU, with as many threads as it takes. */
export type PeerBackend = "webgpu" | "wasm";

export const MODEL_PEERS: Readonly<Partial<Record<PeerName, BenchModel["format"]>>> = { tfjs: "layers", onnx: "onnx" };

export interface PeerModelOrder extends ModelOrder {
  readonly peer: PeerName;
  readonly backend: PeerBackend;
}

export interface PeerModelResult {
  /** Its package and version. */
  readonly version: string;
  readonly result: ModelResult;
}
