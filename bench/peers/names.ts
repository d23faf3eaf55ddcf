// The engines that can be timed beside Convoke, by the names that `--peers` has for them. Apart from what runs them (registry.ts), since
// the command line is read where none of them is installed.

export const PEERS = ["litert", "jax", "tfjs", "onnx"] as const;
export type PeerName = (typeof PEERS)[number];
