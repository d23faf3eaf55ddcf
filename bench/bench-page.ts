// The page of the benchmark as Node sees it: a page in a browser, or Node itself.
import type { Page } from "../scripts/harness/answer.ts";
import type { PeerPage } from "./peers/protocol.ts";
import type { Bench } from "./protocol.ts";

/** Closing it ends everything that it was opened with. */
export interface BenchPage extends Page<Bench> {
  /** The browser's name and version. */
  readonly browser: string;
  /** Opens a page for a peer in the same browser; absent outside a browser. @param limit milliseconds after which it counts as hanging */
  readonly openPeer?: (limit?: number) => Promise<PeerPage>;
}
