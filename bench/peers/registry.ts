// The peers. Adding one takes a file like theirs, its packages in package.json, a line here and its name in names.ts.
import type { Peer } from "./adapter.ts";
import { jax } from "./jax.ts";
import { litert } from "./litert.ts";
import type { PeerName } from "./names.ts";
import { onnx } from "./onnx.ts";
import { tfjs } from "./tfjs.ts";

export const peers: Readonly<Record<PeerName, Peer>> = { litert, jax, tfjs, onnx };
