// The page of a peer: Node asks it by `window.peer`.
import { peerBench } from "./measure.ts";

window.peer = peerBench;
