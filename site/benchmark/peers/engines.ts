// The other engines that a run can be set beside.
import { PEERS, type PeerName } from "../../../bench/peers/names.ts";

export interface OtherEngine {
  readonly name: PeerName;
  /** What the visitor reads. */
  readonly title: string;
  /** What is loaded from this site when it first runs, in MB. */
  readonly megabytes: number;
}

const ABOUT: Readonly<Record<PeerName, Omit<OtherEngine, "name">>> = {
  litert: { title: "LiteRT.js", megabytes: 10 },
  jax: { title: "jax-js", megabytes: 0.3 },
  tfjs: { title: "TensorFlow.js", megabytes: 1.4 },
  onnx: { title: "ONNX Runtime Web", megabytes: 27 },
};

export const OTHER_ENGINES: readonly OtherEngine[] = PEERS.map((name) => ({ name, ...ABOUT[name] }));

/** Returns what the visitor reads of an engine; files may name others. */
export function titleOf(name: string): string {
  return OTHER_ENGINES.find((one) => one.name === name)?.title ?? name;
}
