// The engines that can be timed beside Convoke, by their names in `--peers`. Separate from registry.ts, which runs them, since the command line
// is read where none of them is installed.

export const PEERS = ["litert", "jax", "tfjs", "onnx"] as const;
export type PeerName = (typeof PEERS)[number];

/** Those that train. */
export const TRAINING_PEERS: readonly PeerName[] = ["tfjs", "jax"];
